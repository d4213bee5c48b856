using Portal.Documents.Typst;

namespace Portal.Tests.Documents;

public sealed class TypesettingADocument(OneWorker worker) : IClassFixture<OneWorker>
{
    [Fact]
    public async Task A_template_and_its_data_become_a_pdf()
    {
        var outcome = await worker.Workers.RenderAsync(new TypstJob(
            """
            #import "/house.typ": *
            #let data = json("/data.json")
            #show: house.with(kind: [Quotation], number: data.number, sender: "Northlight")
            #masthead(sender: [Northlight], kind: [Quotation], number: data.number, mark: qr("code.svg", "Address of the quote"))
            Hello #data.name 中文
            """, new { Number = "Q-1", Name = "云栖" }, "Quote Q-1", new DateTimeOffset(2026, 1, 31, 9, 0, 0, TimeSpan.Zero))
            { Files = new Dictionary<string, byte[]> { ["code.svg"] = QrImage.Svg("https://portal.example/q/Q-1") } }, default);

        Assert.True(outcome is Typesetting.Pdf, outcome is Typesetting.Flawed f ? string.Join("; ", f.Flaws) : outcome.ToString());
        await File.WriteAllBytesAsync("/tmp/t/x.pdf", ((Typesetting.Pdf)outcome).Content);
    }
}
