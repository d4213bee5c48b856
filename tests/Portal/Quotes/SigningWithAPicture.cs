using Portal.Quotes;

namespace Portal.Tests.Quotes;

public sealed class SigningWithAPicture
{
    [Fact]
    public void Ink_is_kept_and_what_else_stood_in_the_file_is_not()
    {
        var clean = SignatureImage.Clean([.. Pictures.Stroke(300, 100, ("tEXt", "Comment\0<script>"u8.ToArray())), .. "trailing"u8]);

        Assert.NotNull(clean);
        Assert.DoesNotContain("script", System.Text.Encoding.Latin1.GetString(clean), StringComparison.Ordinal);
        Assert.DoesNotContain("trailing", System.Text.Encoding.Latin1.GetString(clean), StringComparison.Ordinal);
        // What was written can be read again, and is the same.
        Assert.Equal(clean, SignatureImage.Clean(clean));
    }

    [Fact]
    public void What_is_no_signature_is_none()
    {
        var stroke = Pictures.Stroke(300, 100);
        Assert.Null(SignatureImage.Clean(Pictures.Blank(300, 100)));
        Assert.Null(SignatureImage.Clean(Pictures.Stroke(2000, 100)));
        Assert.Null(SignatureImage.Clean(Pictures.Stroke(100, 900)));
        Assert.Null(SignatureImage.Clean(stroke.AsSpan(0, stroke.Length - 20)));
        Assert.Null(SignatureImage.Clean(Flipped(stroke, 60)));
        Assert.Null(SignatureImage.Clean(Pictures.Stroke(300, 100, ("ABCD", []))));
        Assert.Null(SignatureImage.Clean("GIF89a"u8));
        Assert.Null(SignatureImage.Clean([]));
        Assert.Null(SignatureImage.Read("data:image/png;base64,***"));
        Assert.Null(SignatureImage.Read("data:image/jpeg;base64,AAAA"));
        Assert.Empty(SignatureImage.Read(null)!);
    }

    static byte[] Flipped(byte[] content, int place)
    {
        byte[] flipped = [.. content];
        flipped[place] ^= 1;
        return flipped;
    }
}
