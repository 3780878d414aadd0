namespace Aspire.Dashboard.Shared;

/// <summary>Names the resources <c>Texts.resx</c> (English) and <c>Texts.ru.resx</c>.</summary>
public sealed class Texts;
