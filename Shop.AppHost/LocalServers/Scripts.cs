namespace Shop.AppHost.LocalServers;

/// <summary>The shell scripts of this folder, which travel in the assembly.</summary>
internal static class Scripts
{
    /// <summary>Writes a script into a directory.</summary>
    /// <returns>Its path.</returns>
    public static string WriteTo(string directory, string name)
    {
        using var script = new StreamReader(typeof(Scripts).Assembly.GetManifestResourceStream(name)!);
        var path = Path.Combine(directory, name);
        PrivateFiles.Write(path, script.ReadToEnd());
        return path;
    }
}
