using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using Shop.Notifications.Email;

namespace Shop.Tests.Unit.Notifications;

public sealed class SmtpEmailSenderTests
{
    private static readonly EmailMessage Message = new(
        Guid.CreateVersion7(), DateTimeOffset.UtcNow, "anna@example.com", "ru", "Заказ оплачен", "Здравствуйте!", "<p>Здравствуйте!</p>");

    [Fact]
    public async Task A_message_reaches_the_mail_server_with_the_Message_ID_of_its_notification()
    {
        using var server = new MailServer(recipientAnswer: "250 OK");

        await Sender(server).SendAsync(Message, CancellationToken.None);

        var received = await server.Received;
        Assert.Contains($"Message-ID: <{Message.Id}@shop.example>", received, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("To: anna@example.com", received, StringComparison.Ordinal);
        Assert.Contains("text/plain; charset=utf-8", received, StringComparison.Ordinal);
        Assert.Contains("text/html; charset=utf-8", received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("550 No such user", true)]
    [InlineData("553 Bad name", true)]
    [InlineData("450 Mailbox busy", false)]
    [InlineData("452 Storage full", false)]
    public async Task A_refusal_of_the_address_is_final_and_a_passing_trouble_is_not(string answer, bool isPermanent)
    {
        using var server = new MailServer(answer);

        var exception = await Assert.ThrowsAsync<EmailException>(() => Sender(server).SendAsync(Message, CancellationToken.None));

        Assert.Equal(isPermanent, exception.IsPermanent);
    }

    [Fact]
    public async Task A_server_that_is_down_is_worth_another_attempt()
    {
        int port;
        using (var server = new MailServer("250 OK"))
            port = server.Port;

        var exception = await Assert.ThrowsAsync<EmailException>(() => Sender(port).SendAsync(Message, CancellationToken.None));

        Assert.False(exception.IsPermanent);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var exception = await Assert.ThrowsAsync<EmailException>(
            () => Sender(((IPEndPoint)silent.LocalEndpoint).Port, timeoutSeconds: 1).SendAsync(Message, CancellationToken.None));

        Assert.False(exception.IsPermanent);
    }

    private static SmtpEmailSender Sender(MailServer server) => Sender(server.Port);

    private static SmtpEmailSender Sender(int port, int timeoutSeconds = 15) => new(
        Options.Create(new SmtpOptions { Host = "127.0.0.1", Port = port, Tls = false, TimeoutSeconds = timeoutSeconds }),
        Options.Create(new EmailOptions { From = "Shop <noreply@shop.example>" }));

    /// <summary>Takes one message, as far as SMTP needs it.</summary>
    private sealed class MailServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public MailServer(string recipientAnswer)
        {
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            Received = ServeAsync(recipientAnswer);
        }

        public int Port { get; }

        public Task<string> Received { get; }

        public void Dispose() => _listener.Dispose();

        private async Task<string> ServeAsync(string recipientAnswer)
        {
            using var client = await _listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.UTF8);
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
            var message = new StringBuilder();
            await writer.WriteLineAsync("220 ready");
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase))
                {
                    await writer.WriteLineAsync(recipientAnswer);
                }
                else if (line.Equals("DATA", StringComparison.OrdinalIgnoreCase))
                {
                    await writer.WriteLineAsync("354 go on");
                    while (await reader.ReadLineAsync() is { } text && text != ".")
                        message.AppendLine(text);
                    await writer.WriteLineAsync("250 OK");
                    break;
                }
                else
                {
                    await writer.WriteLineAsync(line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase) ? "221 bye" : "250 OK");
                }
            }
            return message.ToString();
        }
    }
}
