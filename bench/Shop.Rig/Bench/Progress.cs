using System.Diagnostics;
using System.Globalization;

namespace Shop.Rig.Bench;

/// <summary>Says what is being done. A terminal sees it change; a file gets a line for each step.</summary>
internal sealed class Progress
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private bool _lineIsOpen;

    /// <summary>Begins a step.</summary>
    public void Step(string text)
    {
        Close();
        Console.WriteLine(Line(text));
    }

    /// <summary>Says how far the step is.</summary>
    public void Update(string text)
    {
        if (Console.IsOutputRedirected)
            return;
        Console.Write($"\r\e[2K{Line(text)}");
        _lineIsOpen = true;
    }

    public void Close()
    {
        if (_lineIsOpen)
            Console.Write("\r\e[2K");
        _lineIsOpen = false;
    }

    private string Line(string text) =>
        string.Create(CultureInfo.InvariantCulture, $"[{Stopwatch.GetElapsedTime(_started).TotalSeconds,4:0} s] {text}");
}
