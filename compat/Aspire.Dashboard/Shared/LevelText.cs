namespace Aspire.Dashboard.Shared;

/// <summary>How the levels of log records are written.</summary>
internal static class LevelText
{
    public static string Of(LogLevel level) => level.ToString();

    /// <summary>The class of its colour.</summary>
    public static string Class(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug or LogLevel.None => "quiet",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error or LogLevel.Critical => "bad",
    };
}
