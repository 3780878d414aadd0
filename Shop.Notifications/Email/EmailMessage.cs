namespace Shop.Notifications.Email;

/// <summary>An e-mail to one person.</summary>
/// <param name="Id">The source of the Message-ID: sending the same again is recognizable as a repeat.</param>
/// <param name="Date">When it was written.</param>
/// <param name="To">The address.</param>
/// <param name="Language">The language of the text.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">The plain text.</param>
/// <param name="Html">The same as an HTML document.</param>
internal sealed record EmailMessage(Guid Id, DateTimeOffset Date, string To, string Language, string Subject, string Text, string Html);

/// <summary>Hands e-mails over to whoever delivers them.</summary>
internal interface IEmailSender
{
    /// <summary>Sends the message.</summary>
    /// <exception cref="EmailException">It was not sent.</exception>
    Task SendAsync(EmailMessage message, CancellationToken cancellationToken);
}

/// <summary>A message was not sent.</summary>
/// <param name="message">Why, for operators.</param>
/// <param name="isPermanent">Whether another attempt would fail too.</param>
/// <param name="innerException">The cause.</param>
internal sealed class EmailException(string message, bool isPermanent, Exception? innerException = null) : Exception(message, innerException)
{
    public bool IsPermanent { get; } = isPermanent;
}
