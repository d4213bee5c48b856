using Identity.SecondFactors;

namespace Identity.Tests.SecondFactors;

public sealed class CountingSteps
{
    static readonly byte[] Secret = "12345678901234567890"u8.ToArray();

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_rfc_6238(long seconds, string code) =>
        Assert.Equal(code, Totp.Code(Secret, Totp.StepOf(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void One_step_before_and_one_after_are_taken(int away, bool taken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);

        Assert.Equal(taken, Totp.FindStep(Secret, Totp.Code(Secret, Totp.StepOf(now) + away), now) is not null);
    }

    [Fact]
    public void Secrets_are_written_as_apps_read_them()
    {
        Assert.Equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Totp.Base32(Secret));
        Assert.Equal("otpauth://totp/Northlight%20%E5%8C%97%E5%85%89%3Aann%40company.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Northlight%20%E5%8C%97%E5%85%89&algorithm=SHA1&digits=6&period=30",
            Totp.Address("Northlight 北光", "ann@company.test", Secret));
        Assert.Equal(20, Totp.NewSecret().Length);
    }

    [Fact]
    public void Recovery_codes_have_120_bits_and_may_be_typed_in_any_way()
    {
        var codes = RecoveryCodes.New();

        Assert.Equal(10, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches("^([a-hjkmnp-z02-9]{4}-){5}[a-hjkmnp-z02-9]{4}$", code));
        Assert.Equal(RecoveryCodes.Hash(codes[0]), RecoveryCodes.Hash(" " + codes[0].ToUpperInvariant().Replace('-', ' ')));
        Assert.False(RecoveryCodes.IsOne("123456"));
    }
}
