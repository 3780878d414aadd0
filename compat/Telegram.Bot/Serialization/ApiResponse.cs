using Telegram.Bot.Types;

namespace Telegram.Bot.Serialization;

/// <summary>The envelope of every answer.</summary>
internal sealed record ApiResponse<TResult>(bool Ok, TResult? Result, int ErrorCode, string? Description, ResponseParameters? Parameters);
