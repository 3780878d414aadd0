using System.Globalization;

namespace Shop.Catalog.Products;

/// <summary>Draws a product as SVG: its category's sign on a colour of its own. Nothing that somebody wrote goes into it.</summary>
internal static class ProductPicture
{
    /// <summary>The degrees that keep the colours of neighbouring ids apart.</summary>
    private const int HueStep = 137;

    /// <summary>The same product always gets the same picture.</summary>
    public static string Draw(int id, string category)
    {
        var hue = id % 360 * HueStep % 360;
        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">
            <defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="hsl({hue},60%,93%)"/><stop offset="1" stop-color="hsl({(hue + 40) % 360},55%,80%)"/></linearGradient></defs>
            <rect width="400" height="300" fill="url(#g)"/>
            <g fill="none" stroke="hsl({hue},45%,32%)" stroke-width="5" stroke-linecap="round" stroke-linejoin="round" transform="translate(128 66) scale(1.2)">{Sign(category)}</g>
            </svg>
            """);
    }

    /// <summary>What stands for a category, within 120 by 140.</summary>
    private static string Sign(string category) => category switch
    {
        "phones" => """<rect x="26" y="0" width="68" height="136" rx="12"/><path d="M50 116h20"/>""",
        "laptops" => """<rect x="14" y="20" width="92" height="70" rx="6"/><path d="M0 112h120l-8-22H8z"/>""",
        "audio" => """<path d="M14 96V72a46 46 0 0 1 92 0v24"/><rect x="6" y="84" width="22" height="40" rx="8"/><rect x="92" y="84" width="22" height="40" rx="8"/>""",
        "wearables" => """<rect x="30" y="38" width="60" height="64" rx="16"/><path d="M40 38l6-34h28l6 34M40 102l6 34h28l6-34M60 56v16l10 8"/>""",
        "home" => """<path d="M8 66 60 14l52 52M22 56v70h76V56"/><path d="M48 126V90h24v36"/>""",
        "kitchen" => """<path d="M16 44h76v46a32 32 0 0 1-32 32H48a32 32 0 0 1-32-32zM92 54h10a16 16 0 0 1 0 36H92M38 8v18M56 8v18M74 8v18"/>""",
        "books" => """<path d="M60 28C44 14 22 14 6 18v96c16-4 38-4 54 10 16-14 38-14 54-10V18c-16-4-38-4-54 10zM60 28v96"/>""",
        "sport" => """<circle cx="60" cy="70" r="52"/><path d="M60 18v104M8 70h104M24 34c20 20 20 52 0 72M96 34c-20 20-20 52 0 72"/>""",
        "software" => """<rect x="4" y="18" width="112" height="104" rx="8"/><path d="M4 44h112M40 68 24 84l16 16M80 68l16 16-16 16"/>""",
        "services" => """<circle cx="60" cy="70" r="54"/><path d="M60 34v36l24 16"/>""",
        _ => """<path d="M60 8l52 26v72l-52 26-52-26V34zM8 34l52 26 52-26M60 60v72"/>""",
    };
}
