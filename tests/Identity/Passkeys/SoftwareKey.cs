using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.Tests.Passkeys;

/// <summary>A passkey written after the WebAuthn specification, of which everything can be spoiled.</summary>
sealed class SoftwareKey
{
    const byte UserPresent = 1;
    const byte UserVerified = 4;
    const byte BackupEligible = 8;
    const byte AttestedData = 64;

    readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly byte[] id = RandomNumberGenerator.GetBytes(32);
    string userHandle = "";

    /// <summary>How often it has signed.</summary>
    public uint Counter { get; set; }

    /// <summary>The page it believes to be on.</summary>
    public string Origin { get; set; } = "https://identity.test";

    /// <summary>The service it believes to sign for.</summary>
    public string RpId { get; set; } = "identity.test";

    /// <summary>Whether its owner unlocks it.</summary>
    public bool Verifies { get; set; } = true;

    /// <summary>Whether it may be copied to other devices.</summary>
    public bool IsSynced { get; init; }

    /// <summary>Its name in addresses.</summary>
    public string Id => WebEncoders.Base64UrlEncode(id);

    /// <summary>Makes the credential that options ask for.</summary>
    public string Create(string optionsJson)
    {
        var options = JsonDocument.Parse(optionsJson).RootElement;
        userHandle = options.GetProperty("user").GetProperty("id").GetString()!;
        var clientData = ClientData("webauthn.create", options.GetProperty("challenge").GetString()!);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        byte[] cose = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] authData = [.. AuthenticatorData(AttestedData), .. new byte[16], 0, (byte)id.Length, .. id, .. cose];
        byte[] attestation = [0xa3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xa0, 0x68, .. "authData"u8, 0x58, (byte)authData.Length, .. authData];
        return Credential(new { clientDataJSON = Text(clientData), attestationObject = Text(attestation), transports = new[] { "internal" } });
    }

    /// <summary>Signs the challenge that options ask about.</summary>
    public string Sign(string optionsJson) => SignChallenge(JsonDocument.Parse(optionsJson).RootElement.GetProperty("challenge").GetString()!);

    /// <summary>Signs any challenge.</summary>
    public string SignChallenge(string challenge)
    {
        Counter++;
        var clientData = ClientData("webauthn.get", challenge);
        var authData = AuthenticatorData(0);
        var signature = key.SignData([.. authData, .. SHA256.HashData(clientData)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Credential(new { clientDataJSON = Text(clientData), authenticatorData = Text(authData), signature = Text(signature), userHandle });
    }

    string Credential(object response) => JsonSerializer.Serialize(new { id = Id, rawId = Id, type = "public-key", clientExtensionResults = new { }, response });

    byte[] ClientData(string type, string challenge) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { type, challenge, origin = Origin, crossOrigin = false }));

    byte[] AuthenticatorData(byte flags)
    {
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, Counter);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(RpId)), (byte)(flags | UserPresent | (Verifies ? UserVerified : 0) | (IsSynced ? BackupEligible : 0)), .. counter];
    }

    static string Text(byte[] bytes) => WebEncoders.Base64UrlEncode(bytes);
}
