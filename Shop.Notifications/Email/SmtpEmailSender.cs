using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Microsoft.Extensions.Options;

namespace Shop.Notifications.Email;

/// <summary>Hands messages to a mail server.</summary>
internal sealed class SmtpEmailSender(IOptions<SmtpOptions> smtp, IOptions<EmailOptions> options) : IEmailSender
{
    private readonly MailAddress _from = new(options.Value.From);

    public async Task SendAsync(EmailMessage message, CancellationToken cancellationToken)
    {
        using var mail = new MailMessage(_from, MimeDocument.Recipient(message))
        {
            Subject = message.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };
        mail.Headers["Message-ID"] = MimeDocument.MessageId(message.Id, _from);
        mail.Headers["Content-Language"] = message.Language;
        mail.Headers["Auto-Submitted"] = "auto-generated";
        mail.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(message.Text, Encoding.UTF8, MediaTypeNames.Text.Plain));
        mail.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(message.Html, Encoding.UTF8, MediaTypeNames.Text.Html));

        using var client = new SmtpClient(smtp.Value.Host, smtp.Value.Port) { EnableSsl = smtp.Value.Tls };
        if (!string.IsNullOrEmpty(smtp.Value.UserName))
            client.Credentials = new NetworkCredential(smtp.Value.UserName, smtp.Value.Password);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(smtp.Value.TimeoutSeconds));
        try
        {
            await client.SendMailAsync(mail, timeout.Token);
        }
        catch (SmtpException exception)
        {
            throw new EmailException($"The mail server answered {exception.StatusCode}.", IsPermanent(exception.StatusCode), exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EmailException("The mail server did not answer in time.", isPermanent: false, exception);
        }
    }

    /// <remarks>
    /// Only what is wrong with this very message or address: a server that wants another login or other encryption
    /// refuses everybody, and an operator can mend that.
    /// </remarks>
    private static bool IsPermanent(SmtpStatusCode status) => status is SmtpStatusCode.MailboxUnavailable
        or SmtpStatusCode.MailboxNameNotAllowed or SmtpStatusCode.UserNotLocalTryAlternatePath or SmtpStatusCode.ExceededStorageAllocation;
}
