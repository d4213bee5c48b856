using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Portal.Receipts;

namespace Portal.Tests.Receipts;

/// <summary>Texts that would like to pass for a receipt.</summary>
public sealed class ForgingAReceipt : IDisposable
{
    readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly ReceiptKey known;
    readonly ReceiptKeySet keys;

    public ForgingAReceipt()
    {
        known = Public(key);
        keys = new("https://portal.test", [known]);
    }

    public void Dispose() => key.Dispose();

    [Fact]
    public void What_the_portal_signed_is_genuine_also_with_white_space_around_it_and_after_its_keys_were_published()
    {
        var jws = Signed();

        Assert.IsType<ReceiptReading.Genuine>(ReceiptSignature.Read($"  {jws}\n", keys));
        Assert.IsType<ReceiptReading.Genuine>(ReceiptSignature.Read(jws, ReceiptKeySet.Read(keys.Write())));
        Assert.Equal(jws, ReceiptText.Find(Encoding.UTF8.GetBytes($"Dear all, here is it:\r\n{string.Join("\r\n", jws.Chunk(76).Select(line => new string(line)))}\r\nRegards")));
    }

    [Fact]
    public void An_altered_payload_is_not_believed()
    {
        var parts = Signed().Split('.');
        var said = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("2026-05-31", "2036-05-31", StringComparison.Ordinal);

        Assert.Equal(ReceiptFlaw.NotSigned, Flaw($"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(said))}.{parts[2]}"));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("RS256")]
    [InlineData("es256")]
    public void No_text_chooses_how_it_is_checked(string algorithm)
    {
        var payload = Signed().Split('.')[1];
        var header = Encode(new { alg = algorithm, kid = known.Kid, typ = ReceiptSignature.Type });
        // HS256 with what everybody knows, the public key, as its secret.
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(known.Jwk()), Encoding.ASCII.GetBytes($"{header}.{payload}"));

        Assert.Equal(ReceiptFlaw.OtherAlgorithm, Flaw($"{header}.{payload}.{Base64Url.EncodeToString(mac)}"));
        Assert.Equal(ReceiptFlaw.NoReceipt, Flaw($"{header}.{payload}."));
    }

    [Fact]
    public void Another_key_is_not_believed_whatever_it_is_called()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Equal(ReceiptFlaw.UnknownKey, Flaw(ReceiptSignature.Sign(Content(), Public(other).Kid, other)));
        Assert.Equal(ReceiptFlaw.NotSigned, Flaw(ReceiptSignature.Sign(Content(), known.Kid, other)));
    }

    [Fact]
    public void A_key_that_the_text_brings_along_is_not_believed()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var payload = Signed().Split('.')[1];
        foreach (var header in new object[]
        {
            new { alg = "ES256", kid = known.Kid, typ = ReceiptSignature.Type, jwk = JsonDocument.Parse(Public(other).Jwk()).RootElement },
            new { alg = "ES256", kid = known.Kid, typ = ReceiptSignature.Type, jku = "https://evil.example/jwks.json" },
            new { alg = "ES256", kid = known.Kid, typ = ReceiptSignature.Type, crit = new[] { "b64" }, b64 = false },
        })
        {
            Assert.Equal(ReceiptFlaw.NoReceipt, Flaw(SignedBy(other, Encode(header), payload)));
        }
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("at+jwt")]
    [InlineData("claim-receipt")]
    public void What_was_signed_for_another_purpose_is_no_receipt(string type) =>
        Assert.Equal(ReceiptFlaw.OtherKind, Flaw(SignedBy(key, Encode(new { alg = "ES256", kid = known.Kid, typ = type }), Signed().Split('.')[1])));

    [Fact]
    public void A_truncated_or_rewritten_text_is_not_believed()
    {
        var jws = Signed();
        var parts = jws.Split('.');

        Assert.Equal(ReceiptFlaw.NotSigned, Flaw(jws[..^2]));
        Assert.Equal(ReceiptFlaw.NoReceipt, Flaw(jws[..^1]));
        Assert.Equal(ReceiptFlaw.NoReceipt, Flaw(jws + "="));
        Assert.Equal(ReceiptFlaw.NoReceipt, Flaw($"{parts[0]}.{parts[1]}"));
        Assert.Equal(ReceiptFlaw.NoReceipt, Flaw(jws + ".x"));
        Assert.Equal(ReceiptFlaw.NoReceipt, Flaw($"{parts[0]}\n.{parts[1]}.{parts[2]}"));
        Assert.Equal(ReceiptFlaw.NoReceipt, Flaw(""));
        Assert.Equal(ReceiptFlaw.NoReceipt, Flaw(null));
    }

    [Fact]
    public void A_huge_input_is_refused_quickly()
    {
        var began = DateTime.UtcNow;

        Assert.Equal(ReceiptFlaw.TooLong, Flaw(new string('a', 50_000_000)));
        Assert.Null(ReceiptText.Find(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("eyJ", 1_300_000)))));
        Assert.Null(ReceiptText.Find(Encoding.ASCII.GetBytes("%PDF-1.7\n" + string.Concat(Enumerable.Repeat("eyJaaaaaaaaaaaaa.eyJbbbbbbbbbbbbb.", 100_000)))));
        Assert.Null(ReceiptText.Find(PdfWith(Bomb())));

        Assert.InRange(DateTime.UtcNow - began, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Another_portals_receipt_is_not_ours_and_what_contradicts_itself_is_none()
    {
        Assert.Equal(ReceiptFlaw.OtherIssuer, Flaw(ReceiptSignature.Sign(Content() with { Issuer = "https://other.test" }, known.Kid, key)));
        Assert.Equal(ReceiptFlaw.NoReceipt, Flaw(ReceiptSignature.Sign(Content() with { Sequence = 2 }, known.Kid, key)));
        Assert.Equal(ReceiptFlaw.NoReceipt, Flaw(ReceiptSignature.Sign(Content() with { ProductLines = [] }, known.Kid, key)));
        Assert.Equal(ReceiptFlaw.NoReceipt, Flaw(SignedBy(key, Encode(new { alg = "ES256", kid = known.Kid, typ = ReceiptSignature.Type }), Encode(new { iss = "https://portal.test" }))));
    }

    [Fact]
    public async Task The_command_tells_genuine_from_forged_without_a_database()
    {
        using var folder = new TemporaryFolder();
        var jwks = folder.Write("jwks.json", keys.Write());
        var first = Content();
        var firstJws = ReceiptSignature.Sign(first, known.Kid, key);
        var second = ReceiptSignature.Sign(first with { Number = "CR-2", Sequence = 2, Why = "extension", Supersedes = new("CR-1", Hash(firstJws)) }, known.Kid, key);
        var twisted = ReceiptSignature.Sign(first with { Number = "CR-2", Sequence = 2, Why = "extension", Supersedes = new("CR-1", Hash("another")) }, known.Kid, key);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (genuine, newer, forged, odd) = (folder.Write("a.jws", firstJws), folder.Write("b.jws", second), folder.Write("c.jws", ReceiptSignature.Sign(first, known.Kid, other)), folder.Write("d.jws", twisted));

        Assert.Equal((0, true), await RunAsync("genuine", genuine, "--jwks", jwks));
        Assert.Equal((1, true), await RunAsync("The signature does not fit", forged, "--jwks", jwks));
        Assert.Equal((1, true), await RunAsync("It was superseded by CR-2.", genuine, newer, "--jwks", jwks));
        Assert.Equal((1, true), await RunAsync("It supersedes CR-1, but not the receipt that is at hand.", genuine, odd, "--jwks", jwks));
        await Assert.ThrowsAsync<Portal.Web.UsageException>(() => RunAsync("", genuine));
    }

    static async Task<(int, bool)> RunAsync(string sentence, params string[] arguments)
    {
        await using var output = new StringWriter();
        var code = await new ReceiptVerb().RunAsync(arguments, "/nowhere", output, CancellationToken.None);
        return (code, output.ToString().Contains(sentence, StringComparison.Ordinal));
    }

    string Signed() => ReceiptSignature.Sign(Content(), known.Kid, key);

    ReceiptFlaw Flaw(string? text) => Assert.IsType<ReceiptReading.Refused>(ReceiptSignature.Read(text, keys)).Flaw;

    static ReceiptKey Public(ECDsa pair)
    {
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        return ReceiptKey.Of(point.X!, point.Y!);
    }

    static string SignedBy(ECDsa pair, string header, string payload) =>
        $"{header}.{payload}.{Base64Url.EncodeToString(pair.SignData(Encoding.ASCII.GetBytes($"{header}.{payload}"), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";

    static string Encode(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    static string Hash(string jws) => Convert.ToHexStringLower(ReceiptSignature.HashOf(jws));

    static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(new byte[200_000_000]);
        }

        return packed.ToArray();
    }

    static byte[] PdfWith(byte[] stream) => [.. "%PDF-1.7\nstream\n"u8, .. stream, .. "\nendstream"u8];

    static ReceiptContent Content() => new()
    {
        Issuer = "https://portal.test",
        Number = "CR-1",
        Deal = "D-1",
        IssuedAt = 1_772_400_000,
        Sequence = 1,
        Why = "approval",
        Brand = "Northlight",
        Partner = new("P-1", "上海华信"),
        Customer = new() { Number = "C-1", Name = "杭州云栖科技有限公司", Country = "CN" },
        ProductLines = [new("DESKS", "Desks", "办公桌")],
        Territory = new("CN-EAST", "East China", "华东"),
        ApprovedAt = new(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc),
        ProtectedFrom = new(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc),
        ProtectedUntil = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc),
        LastProtectedDay = new(2026, 5, 31),
        Policy = new("PP-1", 90, 30),
        Audit = new(7, new string('a', 64), 3),
    };
}

/// <summary>A folder that goes with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    readonly string path = Directory.CreateTempSubdirectory().FullName;

    public string Write(string name, string text)
    {
        var file = Path.Combine(path, name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => Directory.Delete(path, recursive: true);
}
