namespace Shop.Notifications.Email;

internal static partial class EmailExtensions
{
    /// <summary>Sends e-mail by SMTP when a server is configured, and else into a folder that the log names.</summary>
    public static void AddEmail(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<SmtpOptions>().BindConfiguration(SmtpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<EmailOptions>().BindConfiguration(EmailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<EmailAnnouncement>();

        if (string.IsNullOrEmpty(builder.Configuration[$"{SmtpOptions.Section}:{nameof(SmtpOptions.Host)}"]))
            builder.Services.AddSingleton<IEmailSender, PickupEmailSender>();
        else
            builder.Services.AddSingleton<IEmailSender, SmtpEmailSender>();
    }

    /// <summary>Says at start where the messages go.</summary>
    private sealed partial class EmailAnnouncement(
        IEmailSender sender, Microsoft.Extensions.Options.IOptions<SmtpOptions> smtp, ILogger<EmailAnnouncement> logger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (sender is PickupEmailSender pickup)
                IntoFolder(logger, pickup.Directory);
            else
                BySmtp(logger, smtp.Value.Host, smtp.Value.Port);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        [LoggerMessage(Level = LogLevel.Information, Message = "No mail server is configured (Smtp__Host): messages go as .eml files into {Directory}")]
        private static partial void IntoFolder(ILogger logger, string directory);

        [LoggerMessage(Level = LogLevel.Information, Message = "Messages go by SMTP through {Host}:{Port}")]
        private static partial void BySmtp(ILogger logger, string? host, int port);
    }
}
