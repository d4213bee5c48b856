namespace Platform.Mail;

/// <summary>A mail to one person. Put into the outbox with <see cref="MailOutbox.PutMailAsync"/>, or sent at once with <see cref="MailSender"/>.</summary>
/// <param name="To">The address.</param>
/// <param name="Subject">One line; line breaks are taken out.</param>
/// <param name="Text">The mail as plain text.</param>
/// <param name="Html">The same as HTML, where it says more than the text.</param>
public sealed record Mail(string To, string Subject, string Text, string? Html = null);

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
