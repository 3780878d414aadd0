using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Shop.Auth.Keys;

/// <summary>Gives the token check of Auth itself the key ring, where other services fetch the published keys.</summary>
internal sealed class LocalKeyConfiguration(KeyRing ring) : IConfigurationManager<OpenIdConnectConfiguration>
{
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        var configuration = new OpenIdConnectConfiguration();
        foreach (var key in (await ring.GetAsync(cancel)).Published.Keys)
            configuration.SigningKeys.Add(key.ToSecurityKey());
        return configuration;
    }

    /// <remarks>The ring is read anew by age; tokens with made-up key ids must not cause queries.</remarks>
    public void RequestRefresh()
    {
    }
}
