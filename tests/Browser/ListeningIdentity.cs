using Support;

namespace Browser.Tests;

/// <summary>Identity on a port of this machine and a database of its own.</summary>
public sealed class ListeningIdentity : IdentityApp
{
    protected override bool Listens => true;

    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Brand:Name"] = "Northlight 北光" };

    public override Task InitializeAsync() => BrowserFactAttribute.Chromium is null ? Task.CompletedTask : base.InitializeAsync();
}
