using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Platform.Outbox;

namespace Platform.Mail;

/// <summary>Where mail goes. Section <c>Smtp</c>; without a host mails become <c>.eml</c> files in the data folder.</summary>
public sealed class MailOptions
{
    /// <summary>The mail server; absent: the folder.</summary>
    public string? Host { get; set; }

    /// <summary>Its port; 587 is the one for submission.</summary>
    public int Port { get; set; } = 587;

    /// <summary>The account there; absent: none.</summary>
    public string? UserName { get; set; }

    /// <summary>The account's password.</summary>
    public string? Password { get; set; }

    /// <summary>The sender of every mail.</summary>
    public string From { get; set; } = "portal@localhost";

    /// <summary>The name that stands with the sender's address.</summary>
    public string? FromName { get; set; }

    /// <summary>Whether the connection must be encrypted by STARTTLS; only a relay on the same machine goes without.</summary>
    public bool StartTls { get; set; } = true;

    /// <summary>How long one mail may take.</summary>
    public int TimeoutSeconds { get; set; } = 30;

    /// <summary>The folder for <c>.eml</c> files.</summary>
    public string Folder { get; set; } = "mail";
}

/// <summary>Sends mail by SMTP with STARTTLS, or writes it into a folder.</summary>
public sealed class MailSender(MailOptions options)
{
    /// <summary>Sends one mail; a failure is an <see cref="SmtpException"/> and may be tried again.</summary>
    public async Task SendAsync(Mail mail, CancellationToken ct)
    {
        using var message = Compose(mail);
        using var client = string.IsNullOrEmpty(options.Host) ? ToFolder() : ToServer(options.Host);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(options.TimeoutSeconds));
        await client.SendMailAsync(message, limit.Token);
    }

    MailMessage Compose(Mail mail)
    {
        var message = new MailMessage(new MailAddress(options.From, options.FromName, Encoding.UTF8), new MailAddress(mail.To))
        {
            Subject = string.Join(' ', mail.Subject.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)),
            SubjectEncoding = Encoding.UTF8,
            Body = mail.Text,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.QuotedPrintable,
        };
        // Answered by nobody's absence notice.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (mail.ReplyTo is not null)
        {
            message.ReplyToList.Add(new MailAddress(mail.ReplyTo));
        }

        foreach (var file in mail.Attachments)
        {
            message.Attachments.Add(new Attachment(new MemoryStream(file.Content, writable: false), file.Name, file.ContentType));
        }

        if (mail.Html is not null)
        {
            message.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(mail.Html, Encoding.UTF8, MediaTypeNames.Text.Html));
        }

        return message;
    }

    SmtpClient ToServer(string host) => new(host, options.Port)
    {
        EnableSsl = options.StartTls,
        Credentials = string.IsNullOrEmpty(options.UserName) ? null : new NetworkCredential(options.UserName, options.Password),
    };

    // Only the owner reads the folder: mails hold links that reset passwords.
    SmtpClient ToFolder()
    {
        var folder = Path.GetFullPath(options.Folder);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new() { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = folder };
    }
}

/// <summary>Takes the mails out of the outbox and sends them.</summary>
public sealed class MailReceiver(MailSender sender) : IOutboxReceiver
{
    /// <inheritdoc/>
    public string Kind => MailOutbox.Kind;

    /// <inheritdoc/>
    public Task ReceiveAsync(JsonElement payload, CancellationToken ct) =>
        sender.SendAsync(payload.Deserialize<Mail>(Outbox.Outbox.Json)!, ct);
}

/// <summary>Makes mail known to a service.</summary>
public static class MailSetup
{
    /// <summary>Adds <see cref="MailSender"/> and the outbox receiver of mails; settings from section <c>Smtp</c>.</summary>
    public static IServiceCollection AddPartnerPortalMail(this IServiceCollection services, IConfiguration configuration, string dataFolder)
    {
        var options = configuration.GetSection("Smtp").Get<MailOptions>() ?? new();
        options.Folder = Path.Combine(dataFolder, options.Folder);
        return services
            .AddSingleton(options)
            .AddSingleton<MailSender>()
            .AddScoped<IOutboxReceiver, MailReceiver>();
    }
}
