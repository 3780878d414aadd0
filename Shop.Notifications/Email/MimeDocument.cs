using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace Shop.Notifications.Email;

/// <summary>Writes an e-mail as RFC 5322 and MIME have it: ASCII only, lines of at most 76 characters that end in CRLF.</summary>
internal static class MimeDocument
{
    private const string NewLine = "\r\n";
    private const int LineLength = 76;

    /// <summary>Bytes of text in one encoded word: in base64 and with its frame it fits into a line after <c>Subject: </c>.</summary>
    private const int EncodedWordBytes = 39;

    /// <summary>The whole message.</summary>
    /// <exception cref="EmailException">The recipient is no address.</exception>
    public static string Write(EmailMessage message, MailAddress from)
    {
        var to = Recipient(message);
        var boundary = $"=_{message.Id:N}";
        var document = new StringBuilder();
        Header(document, "From", from.DisplayName.Length > 0 ? $"{Phrase(from.DisplayName)} <{from.Address}>" : from.Address);
        Header(document, "To", to.Address);
        Header(document, "Subject", Unstructured(message.Subject));
        Header(document, "Date", message.Date.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header(document, "Message-ID", MessageId(message.Id, from));
        Header(document, "MIME-Version", "1.0");
        Header(document, "Content-Language", message.Language);
        Header(document, "Auto-Submitted", "auto-generated");
        Header(document, "Content-Type", $"multipart/alternative;{NewLine} boundary=\"{boundary}\"");
        document.Append(NewLine);
        Part(document, boundary, "text/plain", message.Text);
        Part(document, boundary, "text/html", message.Html);
        return document.Append("--").Append(boundary).Append("--").Append(NewLine).ToString();
    }

    /// <summary>The Message-ID of a notification, angle brackets included.</summary>
    public static string MessageId(Guid id, MailAddress from) => $"<{id}@{from.Host}>";

    /// <summary>The recipient's address, which cannot carry a header of its own.</summary>
    /// <exception cref="EmailException">It is no address.</exception>
    public static MailAddress Recipient(EmailMessage message) =>
        !message.To.Any(char.IsControl) && MailAddress.TryCreate(message.To, out var address) && Ascii.IsValid(address.Address)
            ? address
            : throw new EmailException("The recipient is not an e-mail address that can be written to.", isPermanent: true);

    private static void Header(StringBuilder document, string name, string value) =>
        document.Append(name).Append(": ").Append(value).Append(NewLine);

    private static void Part(StringBuilder document, string boundary, string type, string text)
    {
        document.Append("--").Append(boundary).Append(NewLine);
        Header(document, "Content-Type", $"{type}; charset=utf-8");
        Header(document, "Content-Transfer-Encoding", "base64");
        document.Append(NewLine);
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(text.ReplaceLineEndings(NewLine)));
        for (var start = 0; start < encoded.Length; start += LineLength)
            document.Append(encoded, start, Math.Min(LineLength, encoded.Length - start)).Append(NewLine);
    }

    private static string Phrase(string text) => IsPlain(text)
        ? $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
        : EncodedWords(text);

    /// <remarks>What looks like an encoded word is encoded, so that it reads as it was meant.</remarks>
    private static string Unstructured(string text) =>
        IsPlain(text) && text.Length <= LineLength - "Subject: ".Length && !text.Contains("=?", StringComparison.Ordinal) ? text : EncodedWords(text);

    private static bool IsPlain(string text) => text.All(character => character is >= ' ' and < '\u007F');

    private static string EncodedWords(string text)
    {
        List<string> words = [];
        var bytes = new List<byte>(EncodedWordBytes);
        Span<byte> encoded = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(encoded);
            if (bytes.Count + length > EncodedWordBytes)
                Flush();
            foreach (var part in encoded[..length])
                bytes.Add(part);
        }
        Flush();
        return string.Join(NewLine + " ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=");
            bytes.Clear();
        }
    }
}
