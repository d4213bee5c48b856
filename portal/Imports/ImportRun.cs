using System.Runtime.CompilerServices;
using Platform.Rows;
using Portal.Documents.Tables;

namespace Portal.Imports;

/// <summary>Takes the rows of one kind of file: reads them from the run, gives them to the feature they belong to, and names what that refused.</summary>
interface IImportWriter
{
    /// <summary>The code of its kind.</summary>
    string Kind { get; }

    /// <summary>Does it, inside the transaction that is open.</summary>
    /// <returns>What it came to, beyond rows: the key is the text <c>imports.figure.KEY</c>.</returns>
    Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, CancellationToken ct);
}

/// <summary>
/// A writer whose rows are stored first, all of them in one transaction, and then go on one by one, each in a transaction of its own: what has been done stays done, and an
/// import that begins again goes on where it stopped.
/// </summary>
interface IFollowingWriter : IImportWriter
{
    /// <summary>Goes on with the rows that still wait.</summary>
    Task FollowAsync(ImportRun run, CancellationToken ct);

    /// <summary>Somebody stopped it: those that wait stay as they are, and say so. In the transaction that ends the import.</summary>
    Task StopAsync(ImportRun run, CancellationToken ct);

    /// <summary>What it came to, once nothing waits any more.</summary>
    Task<IReadOnlyDictionary<string, long>> FiguresAsync(ImportRun run, CancellationToken ct);
}

/// <summary>One file on its way through a writer.</summary>
sealed class ImportRun(Import import, SpooledFile file, Table table, ImportProgress progress, Func<IReadOnlyCollection<RowRefusal>, CancellationToken, Task> keepRefusals)
{
    const int RefusalsAtOnce = 1000;
    const int RowsBetweenLooks = 200;

    readonly List<RowRefusal> waiting = [];
    readonly ImportRow row = new(ImportKind.Of(import.Kind).FieldsFor(import.IsBrands), import.Mapping, table.Columns);

    // The cells of the rows that an act has at hand, for it names row and field of what it refuses, but not what stands there.
    readonly Dictionary<long, IReadOnlyList<string?>> atHand = [];

    /// <summary>The import's number, as the audit names the source.</summary>
    public string Number => import.Number;

    /// <summary>The import's key.</summary>
    public long ImportId => import.ImportId;

    /// <summary>The company that imports.</summary>
    public long PartnerId => import.PartnerId;

    /// <summary>True for the brand's, false for a partner's.</summary>
    public bool IsBrands => import.IsBrands;

    /// <summary>The right rows are taken even where others are wrong.</summary>
    public bool LeavesOutWrong => import.LeavesOutWrong;

    /// <summary>Cells in which letters were mended so far.</summary>
    public long Repaired { get; private set; }

    /// <summary>Rows that were refused so far.</summary>
    public long RowsRefused => progress.RowsRefused;

    /// <summary>
    /// Reads the rows one by one. The same object comes each time, standing on the next row. Rows that cannot be read at all are refused
    /// here and do not come.
    /// </summary>
    public async IAsyncEnumerable<ImportRow> RowsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var line in table.LinesAsync(ct))
        {
            if (++progress.RowsRead % RowsBetweenLooks == 0)
            {
                progress.Share = file.ShareRead;
            }

            switch (line)
            {
                case TableLine.Broken(var refusal):
                    var problem = ImportProblem.From(refusal);
                    await RefuseAsync(refusal.Row ?? 0, [new(refusal.Row ?? 0, null, problem.TextKey, problem.Arguments) { Value = refusal.Detail }], ct);
                    break;
                case TableLine.Row cells:
                    row.Begin(cells);
                    yield return row;
                    break;
            }
        }

        progress.Share = 1;
        Repaired = row.Repaired;
    }

    /// <summary>Reads the rows as records, so many at once; rows that are wrong in themselves are refused here.</summary>
    public async IAsyncEnumerable<List<T>> BatchesAsync<T>(int size, Func<ImportRow, T> read, [EnumeratorCancellation] CancellationToken ct)
    {
        var batch = new List<T>(size);
        await foreach (var record in SoundAsync(read, ct))
        {
            batch.Add(record);
            if (batch.Count == size)
            {
                yield return batch;
                batch = new(size);
                atHand.Clear();
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>Reads all rows as records, for what must be known as a whole; rows that are wrong in themselves are refused here.</summary>
    public async Task<List<T>> AllAsync<T>(Func<ImportRow, T> read, CancellationToken ct)
    {
        var all = new List<T>();
        await foreach (var record in SoundAsync(read, ct))
        {
            all.Add(record);
        }

        return all;
    }

    async IAsyncEnumerable<T> SoundAsync<T>(Func<ImportRow, T> read, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var next in RowsAsync(ct))
        {
            var record = read(next);
            if (!next.IsSound)
            {
                await RefuseAsync(next.Number, next.Refusals, ct);
                continue;
            }

            atHand[next.Number] = next.Cells;
            yield return record;
        }
    }

    /// <summary>Refuses one row.</summary>
    public async Task RefuseAsync(long number, IReadOnlyList<RowRefusal> refusals, CancellationToken ct)
    {
        progress.RowsRefused++;
        waiting.AddRange(refusals.Count > 0 ? refusals.Select(WithValue) : throw new InvalidOperationException($"Row {number} is refused for a reason."));
        if (waiting.Count >= RefusalsAtOnce)
        {
            await FlushAsync(ct);
        }
    }

    /// <summary>Refuses what an act refused; several refusals of a row count once.</summary>
    public async Task RefuseAsync(IEnumerable<RowRefusal> refusals, CancellationToken ct)
    {
        foreach (var ofRow in refusals.GroupBy(refusal => refusal.Row))
        {
            await RefuseAsync(ofRow.Key, [.. ofRow], ct);
        }
    }

    RowRefusal WithValue(RowRefusal refusal) =>
        refusal.Value is null && atHand.TryGetValue(refusal.Row, out var cells) ? refusal with { Value = row.ValueOf(refusal.Column, cells) } : refusal;

    /// <summary>Says what is being done now: checking, writing.</summary>
    public void Enter(string phase) => progress.Phase = phase;

    /// <summary>Begins something after the file was read, with a progress of its own.</summary>
    public void Begin(string phase) => progress.Begin(phase);

    /// <summary>So many of what has begun are done.</summary>
    public void HasDone(int done, int of) => progress.Share = (double)done / of;

    /// <summary>Rows that an earlier attempt took and refused: they are not read again.</summary>
    public void GoOnAfter(long taken, long refused) => (progress.RowsRead, progress.RowsRefused) = (taken + refused, refused);

    /// <summary>Writes the refusals that wait.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        if (waiting.Count > 0)
        {
            await keepRefusals(waiting, ct);
            waiting.Clear();
        }
    }
}
