using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Shop.Notifications.Email;

namespace Shop.Tests.Unit.Notifications;

public sealed class PickupEmailSenderTests : IDisposable
{
    private static readonly EmailMessage Message = new(
        Guid.CreateVersion7(), DateTimeOffset.UtcNow, "anna@example.com", "en", "Hello", "first", "<p>first</p>");

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("shop-mail");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task Sending_again_replaces_the_file_and_leaves_nothing_half_written()
    {
        var sender = Sender("mail");

        await sender.SendAsync(Message, CancellationToken.None);
        await sender.SendAsync(Message with { Subject = "Hello again" }, CancellationToken.None);

        var file = Assert.Single(Directory.GetFiles(sender.Directory));
        Assert.Equal($"{Message.Id}.eml", Path.GetFileName(file));
        Assert.Contains("Subject: Hello again\r\n", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public void The_folder_is_relative_to_the_service() =>
        Assert.Equal(Path.Combine(_root.FullName, "mail"), Sender("service/../mail").Directory);

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_worth_another_attempt()
    {
        await File.WriteAllTextAsync(Path.Combine(_root.FullName, "file"), "");

        var exception = await Assert.ThrowsAsync<EmailException>(() => Sender("file/mail").SendAsync(Message, CancellationToken.None));

        Assert.False(exception.IsPermanent);
    }

    private PickupEmailSender Sender(string directory) => new(
        Options.Create(new EmailOptions { PickupDirectory = directory }), new ServiceFolder(_root.FullName));

    private sealed class ServiceFolder(string path) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Development";
        public string ApplicationName { get; set; } = "Shop.Notifications";
        public string ContentRootPath { get; set; } = path;
        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
