using System.IO.Compression;
using System.Text;
using Portal.Attachments;

namespace Portal.Tests.Attachments;

public sealed class RecognisingFiles
{
    public static TheoryData<string, string> Words => new()
    {
        { "%PDF-1.7\n1 0 obj\n", "pdf" },
        { "name,city,amount\n杭州,1,2\n上海,3,4\n", "csv" },
        { "会议纪要：三月三日与客户会面。", "txt" },
        { "From: a@example.com\r\nTo: b@example.com\r\nSubject: Offer\r\nDate: Mon, 2 Mar 2026 09:00:00 +0800\r\n\r\n<p>Dear</p>\r\n", "eml" },
    };

    [Theory]
    [MemberData(nameof(Words))]
    public void A_file_is_what_its_content_says(string content, string kind) => Assert.Equal(kind, FileKind.Recognise(Encoding.UTF8.GetBytes(content)).Kind?.Name);

    [Fact]
    public void Pictures_and_office_documents_are_recognised()
    {
        Assert.Equal("png", Kind([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]));
        Assert.Equal("jpeg", Kind([0xFF, 0xD8, 0xFF, 0xE0, 0]));
        Assert.Equal("docx", Kind(Office("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml")));
        Assert.Equal("xlsx", Kind(Office("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml")));
        FileKind.Recognise("x"u8.ToArray());
        Assert.Equal("txt", Kind(Encoding.GetEncoding("GB18030").GetBytes("与客户的会议纪要，三月三日。")));
    }

    [Theory]
    [InlineData("MZ\u0090\0", "program")]
    [InlineData("\u007FELF\u0002", "program")]
    [InlineData("#!/bin/sh\nrm -rf /\n", "program")]
    [InlineData("<!DOCTYPE html><html><script>alert(1)</script>", "markup")]
    [InlineData("  <svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x()\"/>", "markup")]
    [InlineData("<?xml version=\"1.0\"?><a/>", "markup")]
    [InlineData("plain words, then <script>alert(1)</script>", "markup")]
    [InlineData("%PDF-1.4\n<< /OpenAction << /S /JavaScript >> >>", "active")]
    [InlineData("\0\u0001\u0002binary", "unknown")]
    [InlineData("", "empty")]
    [InlineData("From: a@example.com\nSubject: x\nDate: y\n\nContent-Type: application/octet-stream; name=\"invoice.exe\"\n", "program")]
    public void What_could_run_or_is_nothing_we_know_is_refused(string content, string why) =>
        Assert.Equal((null, "attachments.refused." + why), FileKind.Recognise(Encoding.UTF8.GetBytes(content)));

    [Fact]
    public void Macros_and_packages_of_other_kinds_are_refused()
    {
        var document = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

        Assert.Equal("attachments.refused.macros", FileKind.Recognise(Office("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml")).Refusal);
        Assert.Equal("attachments.refused.macros", FileKind.Recognise(Office("word/document.xml", document, "word/vbaProject.bin")).Refusal);
        Assert.Equal("attachments.refused.macros", FileKind.Recognise(Office("word/document.xml", document, "word/embeddings/oleObject1.bin")).Refusal);
        Assert.Equal("attachments.refused.unknown", FileKind.Recognise(Office("evil/run.txt", "text/plain")).Refusal);
        Assert.Equal("attachments.refused.unknown", FileKind.Recognise("PK\u0003\u0004 broken"u8.ToArray()).Refusal);
        Assert.Equal("attachments.refused.old_office", FileKind.Recognise(new byte[] { 0xD0, 0xCF, 0x11, 0xE0, 0xA1 }).Refusal);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd.pdf")]
    [InlineData(@"C:\Users\me\报价 单.PDF", "报价 单.pdf")]
    [InlineData("invoice.exe", "invoice.exe.pdf")]
    [InlineData("a\u202Efdp.exe", "afdp.exe.pdf")]
    [InlineData("x\r\nSet-Cookie: y.pdf", "xSet-Cookie_ y.pdf")]
    [InlineData("", "file.pdf")]
    [InlineData(null, "file.pdf")]
    [InlineData("...", "file.pdf")]
    public void A_name_is_cleaned_and_tells_the_truth(string? sent, string kept) => Assert.Equal(kept, FileKind.Of("pdf").Clean(sent));

    [Fact]
    public void A_long_name_is_cut_and_keeps_its_ending() => Assert.Equal(new string('会', 120) + ".pdf", FileKind.Of("pdf").Clean(new string('会', 10_000) + ".pdf"));

    [Theory]
    [InlineData("notes.md", "notes.md")]
    [InlineData("a.txt", "a.txt")]
    [InlineData("../../setup.exe", "setup.exe")]
    [InlineData("a\u202Efdp.exe", "afdp.exe")]
    [InlineData(null, "file")]
    public void A_refusal_names_a_file_as_it_was_sent(string? sent, string shown) => Assert.Equal(shown, FileKind.Shown(sent));

    [Fact]
    public void A_refusal_says_no_more_than_the_beginning_of_a_long_name() => Assert.Equal(new string('会', 120), FileKind.Shown(new string('会', 10_000) + ".exe"));

    static string? Kind(byte[] content) => FileKind.Recognise(content).Kind?.Name;

    internal static byte[] Office(string part, string contentType, params string[] more)
    {
        using var file = new MemoryStream();
        using (var package = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var types = new StreamWriter(package.CreateEntry("[Content_Types].xml").Open()))
            {
                types.Write($"<Types><Override PartName=\"/{part}\" ContentType=\"{contentType}\"/></Types>");
            }

            foreach (var name in more.Prepend(part))
            {
                package.CreateEntry(name);
            }
        }

        return file.ToArray();
    }
}
