using System.Globalization;
using Shop.Sandbox.Telegram.BotApi;

namespace Shop.Sandbox.Telegram;

/// <summary>Every private chat of a person with the bot. A chat begins with the person's first message.</summary>
internal sealed class TelegramChats(UpdateQueue updates, TimeProvider clock)
{
    private const int MaxChats = 1_000;
    private const int MaxMessages = 500;
    private const int MaxOpenQueries = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, ChatState> _chats = [];

    /// <summary>A person writes to the bot.</summary>
    public Message Write(User person, string text)
    {
        lock (_gate)
        {
            var chat = Open(person);
            var message = chat.Add(person, text, null, Now());
            updates.Add(id => new Update(id, Message: message));
            return message;
        }
    }

    /// <summary>A person presses a button.</summary>
    /// <returns>The id of the callback query, or null when there is no such button.</returns>
    public string? Press(long chatId, int messageId, string data)
    {
        lock (_gate)
        {
            if (!_chats.TryGetValue(chatId, out var chat) || chat.Find(messageId) is not { ReplyMarkup: { } markup } message) return null;
            if (markup.Buttons().All(button => button.CallbackData != data)) return null;

            var query = new CallbackQuery(
                Guid.CreateVersion7().ToString("N"), chat.Person, message, chatId.ToString(CultureInfo.InvariantCulture), data);
            chat.Remember(query.Id, Now());
            updates.Add(id => new Update(id, CallbackQuery: query));
            return query.Id;
        }
    }

    /// <summary>What the person sees, or null when nothing was ever written in the chat.</summary>
    public ChatView? View(long chatId)
    {
        lock (_gate) return _chats.TryGetValue(chatId, out var chat) ? chat.View() : null;
    }

    /// <summary>The bot sends a message.</summary>
    public Message Send(User bot, long chatId, string text, ReplyMarkup? markup)
    {
        lock (_gate) return Existing(chatId).Add(bot, text, markup, Now());
    }

    /// <summary>The bot rewrites one of its messages.</summary>
    public Message Edit(User bot, long chatId, int messageId, string text, ReplyMarkup? markup)
    {
        lock (_gate)
        {
            var chat = Existing(chatId);
            var message = chat.Find(messageId) ?? throw BotApiException.BadRequest("message to edit not found");
            if (message.From.Id != bot.Id) throw BotApiException.BadRequest("message can't be edited");

            var sameButtons = message.ReplyMarkup is null ? markup is null : markup is not null && message.ReplyMarkup.LooksLike(markup);
            if (message.Text == text && sameButtons)
                throw BotApiException.BadRequest("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message");

            return chat.Replace(message, message with { Text = text, ReplyMarkup = markup, EditDate = Now() });
        }
    }

    /// <summary>The bot deletes a message of either side.</summary>
    public void Delete(long chatId, int messageId)
    {
        lock (_gate)
        {
            if (!Existing(chatId).Remove(messageId)) throw BotApiException.BadRequest("message to delete not found");
        }
    }

    /// <summary>The bot answers a pressed button.</summary>
    public void Answer(string queryId, string? text, bool alert)
    {
        lock (_gate)
        {
            if (!_chats.Values.Any(chat => chat.Answer(queryId, text, alert)))
                throw BotApiException.BadRequest("query is too old and response timeout expired or query ID is invalid");
        }
    }

    private ChatState Existing(long chatId)
        => _chats.TryGetValue(chatId, out var chat) ? chat : throw BotApiException.BadRequest("chat not found");

    private ChatState Open(User person)
    {
        if (!_chats.TryGetValue(person.Id, out var chat))
        {
            if (_chats.Count >= MaxChats) _chats.Remove(_chats.MinBy(entry => entry.Value.LastActive).Key);
            _chats[person.Id] = chat = new ChatState { Person = person };
        }

        chat.Person = person;
        return chat;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeSeconds();

    private sealed class ChatState
    {
        private readonly List<Message> _messages = [];
        private readonly LinkedList<string> _openQueries = new();
        private int _lastMessageId;
        private Notice? _notice;

        public required User Person { get; set; }

        public long LastActive { get; private set; }

        public Message Add(User from, string text, ReplyMarkup? markup, long now)
        {
            LastActive = now;
            var chat = new Chat(Person.Id, "private", Person.FirstName, Person.Username);
            var message = new Message(++_lastMessageId, from, chat, now, text, markup);
            _messages.Add(message);
            if (_messages.Count > MaxMessages) _messages.RemoveAt(0);
            return message;
        }

        public Message? Find(int messageId) => _messages.Find(message => message.MessageId == messageId);

        public Message Replace(Message old, Message replacement) => _messages[_messages.IndexOf(old)] = replacement;

        public bool Remove(int messageId) => _messages.RemoveAll(message => message.MessageId == messageId) > 0;

        public void Remember(string queryId, long now)
        {
            LastActive = now;
            _openQueries.AddLast(queryId);
            if (_openQueries.Count > MaxOpenQueries) _openQueries.RemoveFirst();
        }

        public bool Answer(string queryId, string? text, bool alert)
        {
            if (!_openQueries.Remove(queryId)) return false;
            _notice = new Notice(queryId, text, alert);
            return true;
        }

        public ChatView View() => new([.. _messages], _openQueries.Count, _notice);
    }
}

/// <summary>What a person sees of a chat.</summary>
/// <param name="Messages">Oldest first.</param>
/// <param name="WaitingButtons">How many pressed buttons the bot has not answered.</param>
/// <param name="Notice">The bot's answer to the last answered button.</param>
internal sealed record ChatView(IReadOnlyList<Message> Messages, int WaitingButtons, Notice? Notice);

internal sealed record Notice(string QueryId, string? Text, bool Alert);
