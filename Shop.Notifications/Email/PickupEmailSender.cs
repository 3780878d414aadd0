using System.Net.Mail;
using System.Text;
using Microsoft.Extensions.Options;

namespace Shop.Notifications.Email;

/// <summary>
/// Puts messages as .eml files into a folder, for machines without a mail server. A file is named by its notification,
/// so sending again replaces it, and it appears only when it is whole.
/// </summary>
internal sealed class PickupEmailSender(IOptions<EmailOptions> options, IHostEnvironment environment) : IEmailSender
{
    private readonly MailAddress _from = new(options.Value.From);

    /// <summary>The folder's full path.</summary>
    public string Directory { get; } = Path.GetFullPath(options.Value.PickupDirectory, environment.ContentRootPath);

    public async Task SendAsync(EmailMessage message, CancellationToken cancellationToken)
    {
        var document = MimeDocument.Write(message, _from);
        var path = Path.Combine(Directory, $"{message.Id}.eml");
        var unfinished = Path.Combine(Directory, $".{message.Id}.{Guid.NewGuid():N}.tmp");
        try
        {
            System.IO.Directory.CreateDirectory(Directory);
            await File.WriteAllTextAsync(unfinished, document, Encoding.ASCII, cancellationToken);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EmailException($"The message could not be written to {Directory}.", isPermanent: false, exception);
        }
    }
}
