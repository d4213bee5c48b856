namespace Platform.Mail;

/// <summary>A mail to one person. Put into the outbox with <see cref="MailOutbox.PutMailAsync"/>, or sent at once with <see cref="MailSender"/>.</summary>
/// <param name="To">The address.</param>
/// <param name="Subject">One line; line breaks are taken out.</param>
/// <param name="Text">The mail as plain text.</param>
/// <param name="Html">The same as HTML, where it says more than the text.</param>
public sealed record Mail(string To, string Subject, string Text, string? Html = null)
{
    /// <summary>Where an answer goes; absent: to the sender of every mail.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Files that go along. Only of a mail that is sent at once: the outbox is no place for files.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];
}

/// <summary>A file that goes along with a mail.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ContentType">What it is: <c>application/pdf</c>.</param>
/// <param name="Content">Its bytes.</param>
public sealed record MailAttachment(string Name, string ContentType, byte[] Content);

/// <summary>Puts mails into the outbox.</summary>
public static class MailOutbox
{
    /// <summary>The kind of an outbox message that is a mail.</summary>
    public const string Kind = "mail";

    /// <summary>
    /// Puts a mail into the outbox, in the transaction of the change that causes it. Nothing secret belongs in it, because it is
    /// kept in the database: a mail with a secret link is written by a receiver of its own, which makes the link when it sends.
    /// </summary>
    public static Task PutMailAsync(this Outbox.Outbox outbox, Mail mail, CancellationToken ct) => outbox.PutAsync(Kind, mail, ct);
}
