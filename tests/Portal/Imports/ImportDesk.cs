using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Outbox;
using Portal.Documents.Excel;
using Portal.Documents.Tables;
using Portal.Imports;
using Portal.Web;
using Support;

namespace Portal.Tests.Imports;

/// <summary>Somebody with files, at work with the product's own acts.</summary>
public sealed class ImportDesk(PortalApp portal, TestPerson person)
{
    /// <summary>Does something as this person.</summary>
    public Task<T> DoAsync<T>(Func<IServiceProvider, Task<T>> work) => portal.InScopeAsync(Caller.Subject(TestIdentityProvider.Issuer, person.Subject), async services =>
    {
        services.GetRequiredService<CurrentPerson>().Known = await services.GetRequiredService<IPeopleDirectory>().FindCurrentAsync(default);
        return await work(services);
    });

    /// <summary>Uploads a file.</summary>
    public Task<Upload> UploadAsync(string kind, string fileName, byte[] content, long? declaredLength = null) => UploadAsync(kind, fileName, new MemoryStream(content), declaredLength);

    /// <summary>Uploads a file.</summary>
    public Task<Upload> UploadAsync(string kind, string fileName, Stream content, long? declaredLength = null) =>
        DoAsync(services => services.GetRequiredService<TakeUpload>().RunAsync(kind, fileName, content, declaredLength, default));

    /// <summary>Uploads a CSV file that is taken.</summary>
    public async Task<Import> GivenAsync(string kind, string csv, string fileName = "file.csv") =>
        (await UploadAsync(kind, fileName, Encoding.UTF8.GetBytes(csv))).ShouldBeTaken();

    /// <summary>The sentence with which a file is refused.</summary>
    public async Task<string> RefusalAsync(string kind, string fileName, byte[] content, long? declaredLength = null) =>
        Say(((Upload.Refused)await UploadAsync(kind, fileName, content, declaredLength)).Problem);

    /// <summary>A sentence in English.</summary>
    public string Say(ImportProblem problem) => problem.Describe(portal.Services.GetRequiredService<Platform.Texts.Texts>());

    /// <summary>Starts an import with the mapping that was proposed.</summary>
    public Task<ImportOutcome> StartAsync(Import import, bool leaveOutWrong = false, ImportMapping? mapping = null) =>
        DoAsync(services => services.GetRequiredService<StartImport>().RunAsync(import.Number, mapping ?? import.Mapping, leaveOutWrong, default));

    /// <summary>Asks an import to stop.</summary>
    public Task<ImportOutcome> CancelAsync(Import import) => DoAsync(services => services.GetRequiredService<CancelImport>().RunAsync(import.Number, default));

    /// <summary>The import as it stands.</summary>
    public async Task<Import> FindAsync(Import import) => (await DoAsync(services => services.GetRequiredService<ImportStore>().FindAsync(import.Number, default)))!;

    /// <summary>Runs what waits, as the background does.</summary>
    public Task<string?> RunNextAsync() => portal.Services.GetRequiredService<RunImports>().RunNextAsync(default);

    /// <summary>Uploads, starts and runs a CSV file.</summary>
    public async Task<Import> ImportAsync(string kind, string csv, bool leaveOutWrong = false, string fileName = "file.csv")
    {
        var import = await GivenAsync(kind, csv, fileName);
        return await RunAsync(import, leaveOutWrong);
    }

    /// <summary>Starts and runs an import.</summary>
    public async Task<Import> RunAsync(Import import, bool leaveOutWrong = false, ImportMapping? mapping = null)
    {
        Assert.IsType<ImportOutcome.Done>(await StartAsync(import, leaveOutWrong, mapping));
        Assert.Equal(import.Number, await RunNextAsync());
        return await FindAsync(import);
    }

    /// <summary>Refusals as people read them: <c>3 price: “abc” is not a number. ...</c>.</summary>
    public Task<List<string>> RefusalsAsync(Import import) => DoAsync(async services =>
    {
        var texts = services.GetRequiredService<Platform.Texts.Texts>();
        return (await services.GetRequiredService<ImportStore>().RefusalsAsync(import, 1000, default)).Select(refusal => $"{refusal.RowNumber} {refusal.ColumnOf(import, texts)}: {refusal.Problem.Describe(texts)}").ToList();
    });

    /// <summary>The repair file.</summary>
    public Task<byte[]> RepairFileAsync(Import import) => DoAsync(async services =>
    {
        using var target = new MemoryStream();
        Assert.True(await services.GetRequiredService<RepairFile>().WriteAsync(import, () => { }, target, default));
        return target.ToArray();
    });

    /// <summary>Delivers what waits in the outbox for the feature.</summary>
    public Task DeliverAsync() => portal.InScopeAsync(Caller.System("test"), async services =>
    {
        var receiver = services.GetServices<IOutboxReceiver>().Single(receiver => receiver.Kind == TellOfImports.ImportEnded);
        foreach (var payload in await portal.Database.ListAsync<string>("select payload from outbox_message where kind = 'import.ended' order by outbox_message_id"))
        {
            await receiver.ReceiveAsync(System.Text.Json.JsonDocument.Parse(payload).RootElement, default);
        }
    });

    /// <summary>A workbook with these rows.</summary>
    public static async Task<byte[]> WorkbookAsync(params IReadOnlyList<object?>[] rows)
    {
        using var target = new MemoryStream();
        await TableExport.WriteExcelAsync(target, new ExcelBookInfo("Table", "Test", DateTimeOffset.UnixEpoch),
            [.. rows[0].Select((head, index) => new TableColumn((string)head!, rows[1][index] is decimal or int ? TableColumnKind.Number : rows[1][index] is DateOnly ? TableColumnKind.Date : TableColumnKind.Text))],
            Rows(), default);
        return target.ToArray();

        async IAsyncEnumerable<IReadOnlyList<object?>> Rows()
        {
            await Task.CompletedTask;
            foreach (var row in rows[1..])
            {
                yield return row;
            }
        }
    }
}

static class UploadAssertions
{
    public static Import ShouldBeTaken(this Upload upload) => upload is Upload.Taken(var import) ? import : throw new Xunit.Sdk.XunitException($"The upload was refused: {((Upload.Refused)upload).Problem}");
}
