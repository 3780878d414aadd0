using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Where a project is. The build generates one class per project that the AppHost refers to.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>The full path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>Whether the project is built already.</summary>
    bool SuppressBuild => false;
}

/// <summary>Where the output of a project is, so that it can be started without asking the SDK. Only the local package set generates it.</summary>
public interface IBuiltProjectMetadata : IProjectMetadata
{
    /// <summary>The full path of the assembly.</summary>
    string TargetPath { get; }
}
