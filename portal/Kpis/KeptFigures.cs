using Microsoft.Extensions.Caching.Memory;
using Platform.Database;

namespace Portal.Kpis;

/// <summary>
/// What is made of all partners' figures is made once for each state of the figures (<c>kpi_state</c>), whoever of the brand asks and however often: it costs as much as there are partners, and nothing changes between two changes.
/// The database says which state a reader sees, so no time passes until a change is shown.
/// </summary>
public sealed class KeptFigures : IDisposable
{
    /// <summary>How many answers are kept at most; those that nobody asked for lately go first.</summary>
    const int MostKept = 500;

    static readonly TimeSpan Kept = TimeSpan.FromMinutes(30);

    readonly MemoryCache answers = new(new MemoryCacheOptions { SizeLimit = MostKept });

    // Whoever asks for what somebody else is already making waits for it. Questions share a gate by chance, which costs a little waiting and no more.
    readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1))];

    /// <summary>The answer to a question in the state that the reader sees.</summary>
    /// <param name="question">All that the answer depends on beside the state, the reader's rights included.</param>
    /// <param name="db">The reader.</param>
    /// <param name="read">Finds the answer; what it gives out is shared, and must not be changed.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<T> GetAsync<T>(string question, Db db, Func<Task<T>> read, CancellationToken ct) where T : class
    {
        // Read before the answer is: what changes in between makes the answer newer than its state says, and it is made once more.
        var state = await db.OneAsync<string>("select kpi_state()", null, ct);
        if (Find<T>(question, state) is { } answer)
        {
            return answer;
        }

        var gate = gates[(uint)question.GetHashCode(StringComparison.Ordinal) % gates.Length];
        await gate.WaitAsync(ct);
        try
        {
            if (Find<T>(question, state) is { } made)
            {
                return made;
            }

            var found = await read();
            answers.Set(question, new Answer(state, found), new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = Kept });
            return found;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        answers.Dispose();
        Array.ForEach(gates, gate => gate.Dispose());
    }

    T? Find<T>(string question, string state) where T : class => answers.TryGetValue(question, out Answer? answer) && answer!.State == state ? (T)answer.Made : null;

    sealed record Answer(string State, object Made);
}
