using Platform.Audit;
using Platform.Database;
using Platform.Texts;
using Portal.Documents;
using Portal.Documents.Tables;
using Portal.Web;

namespace Portal.Imports;

/// <summary>What became of an uploaded file.</summary>
public abstract record Upload
{
    Upload()
    {
    }

    /// <summary>It is kept; the next step is its preview.</summary>
    public sealed record Taken(Import Import) : Upload;

    /// <summary>It cannot be read as a table at all, and is not kept.</summary>
    public sealed record Refused(ImportProblem Problem) : Upload;
}

/// <summary>Takes a file in: looks through it, keeps it in parts, and proposes which column is what.</summary>
public sealed class TakeUpload(Db db, ImportStore imports, TableReader reader, DocumentSettings settings, Texts texts, ICurrentPerson me, AuditTrail audit, TimeProvider clock)
{
    const int SampleRows = 20;

    /// <summary>Takes it in, in constant memory.</summary>
    /// <param name="kindCode">What it contains.</param>
    /// <param name="fileName">Its name; the ending says what it is.</param>
    /// <param name="content">Its content; read once, and not to its end when it is too long.</param>
    /// <param name="declaredLength">How long the sender says it is, if so: what is too long is refused before anything is read.</param>
    /// <param name="ct">Stops the work; nothing is kept then.</param>
    public async Task<Upload> RunAsync(string kindCode, string fileName, Stream content, long? declaredLength, CancellationToken ct)
    {
        if (ImportKind.Find(kindCode) is not { } kind || !ImportRights.MayImport(me, kind.Code))
        {
            return new Upload.Refused(new("imports.refused.not_allowed"));
        }

        if (declaredLength > settings.UploadBytes)
        {
            return TooLarge();
        }

        await using var file = await SpooledFile.TakeAsync(content, settings.UploadBytes, ct);
        if (file is null)
        {
            return TooLarge();
        }

        var (looked, refusal) = await LookThroughAsync(kind, fileName, file, me.IsBrand, ct);
        return looked is null ? new Upload.Refused(refusal!) : new Upload.Taken(await KeepAsync(looked with { IsStored = true }, file, ct));
    }

    /// <summary>Opens a file, reads its first rows and proposes a mapping.</summary>
    internal async Task<(NewImport? File, ImportProblem? Refusal)> LookThroughAsync(ImportKind kind, string fileName, SpooledFile file, bool isBrand, CancellationToken ct)
    {
        var opening = await reader.OpenAsync(file.Content, fileName, ct);
        if (opening is not TableOpening.Opened(var table))
        {
            return (null, ImportProblem.From(((TableOpening.Refused)opening).Refusal));
        }

        await using (table)
        {
            var sample = new List<SampleRow>();
            await foreach (var line in table.LinesAsync(ct))
            {
                sample.Add(line switch
                {
                    TableLine.Row row => new(row.Number, row.Cells, null),
                    TableLine.Broken broken => new(broken.Refusal.Row ?? 0, [], ImportProblem.From(broken.Refusal)),
                    _ => throw new InvalidOperationException("A line is a row or broken."),
                });
                if (sample.Count == SampleRows)
                {
                    break;
                }
            }

            if (sample.Count == 0)
            {
                return (null, ImportProblem.From(new TableRefusal(TableRefusalKind.NoRows)));
            }

            var mapping = ImportMapping.Suggest(kind, table.Columns, isBrand, await imports.BrandCurrencyAsync(ct), texts);
            return (new(kind.Code, NameOf(fileName), file.Length, file.Sha256, IsStored: false, table.Format, table.Columns, sample, table.Notes, mapping, table.RowsExpected, LeavesOutWrong: false, clock.GetUtcNow().UtcDateTime), null);
        }
    }

    Task<Import> KeepAsync(NewImport looked, SpooledFile file, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var import = await imports.InsertAsync(looked, ct);
        await imports.KeepFileAsync(import, file.Content, ct);
        await audit.RecordAsync("import.uploaded", "import", import.Number, import.PartnerId, new { looked.Kind, looked.FileName, looked.Size, sha256 = Convert.ToHexStringLower(looked.Sha256) }, ct);
        return import;
    }, ct);

    Upload.Refused TooLarge() => new(ImportProblem.From(new TableRefusal(TableRefusalKind.TooLarge, Detail: $"{settings.UploadMegabytes} MB")));

    // Browsers send a name, some of old a path; what is kept is shown and put into headers again.
    static string NameOf(string fileName)
    {
        var name = new string([.. fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..].Where(letter => !char.IsControl(letter))]).Trim();
        return name.Length == 0 ? "file" : name.Length > 200 ? name[..150] + name[^50..] : name;
    }
}
