using System.Diagnostics;
using Portal.Documents;
using Portal.Documents.Typst;

namespace Portal.Tests.Documents;

public sealed class RunningTheWorkers
{
    const string Endless = "#for a in range(1000000) { for b in range(1000000) { let c = a * b } }";

    [Fact]
    public async Task A_worker_killed_between_two_documents_is_replaced()
    {
        await using var workers = OneWorker.With(new DocumentSettings { Workers = 1 });
        await workers.RenderAsync(Job("first"), default);
        var killed = Kill(workers);

        var outcome = await workers.RenderAsync(Job("second"), default);

        Assert.IsType<Typesetting.Pdf>(outcome);
        Assert.NotEqual([killed], workers.ProcessIds);
    }

    [Fact]
    public async Task A_worker_killed_over_a_document_is_replaced_and_the_document_made_all_the_same()
    {
        await using var workers = OneWorker.With(new DocumentSettings { Workers = 1 });
        await workers.RenderAsync(Job("first"), default);

        var underWay = workers.RenderAsync(Job("#for a in range(3000) { [#a ] }\n" + string.Concat(Enumerable.Repeat("#lorem(4000)\n\n", 60))), default);
        await Task.Delay(40);
        var killed = Kill(workers);

        Assert.IsType<Typesetting.Pdf>(await underWay);
        Assert.NotEqual([killed], workers.ProcessIds);
    }

    [Fact]
    public async Task A_document_that_takes_too_long_is_tried_twice_and_refused_and_the_next_is_made()
    {
        await using var workers = OneWorker.With(new DocumentSettings { Workers = 1, SecondsPerDocument = 1.5 });
        await workers.RenderAsync(Job("first"), default);
        var before = workers.ProcessIds.Single();

        var outcome = await workers.RenderAsync(Job(Endless), default);

        Assert.Equal(new Typesetting.Refused(TypesettingRefusal.TooLong, "documents.typesetting.too-long"), outcome);
        Assert.False(IsAlive(before));
        Assert.IsType<Typesetting.Pdf>(await workers.RenderAsync(Job("next"), default));
    }

    [Fact]
    public async Task A_document_that_eats_memory_is_refused_before_the_machine_suffers()
    {
        await using var workers = OneWorker.With(new DocumentSettings { Workers = 1, WorkerMegabytes = 300 });

        var outcome = await workers.RenderAsync(Job("#let grow = \"abcdefghij\"\n#for a in range(32) { grow = grow + grow }"), default);

        Assert.Equal(new Typesetting.Refused(TypesettingRefusal.TooMuchMemory, "documents.typesetting.too-much-memory"), outcome);
        Assert.IsType<Typesetting.Pdf>(await workers.RenderAsync(Job("next"), default));
    }

    [Fact]
    public async Task When_the_queue_is_full_the_next_document_is_refused_at_once()
    {
        await using var workers = OneWorker.With(new DocumentSettings { Workers = 1, Queue = 1, SecondsPerDocument = 3 });
        await workers.RenderAsync(Job("first"), default);
        var running = workers.RenderAsync(Job(Endless), default);
        await Task.Delay(200);
        var waiting = workers.RenderAsync(Job("waiting"), default);

        var refused = await workers.RenderAsync(Job("one too many"), default);

        Assert.Equal(new Typesetting.Refused(TypesettingRefusal.Busy, "documents.typesetting.busy"), refused);
        Assert.IsType<Typesetting.Refused>(await running);
        Assert.IsType<Typesetting.Pdf>(await waiting);
    }

    [Fact]
    public async Task Whoever_stops_waiting_does_not_hold_up_the_others()
    {
        await using var workers = OneWorker.With(new DocumentSettings { Workers = 1, SecondsPerDocument = 3 });
        await workers.RenderAsync(Job("first"), default);
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => workers.RenderAsync(Job(Endless), impatient.Token));

        Assert.IsType<Typesetting.Pdf>(await workers.RenderAsync(Job("next"), default));
    }

    [Fact]
    public async Task Without_Node_documents_are_refused_and_nothing_else_breaks()
    {
        await using var workers = OneWorker.With(new DocumentSettings { Workers = 1, NodeProgram = "no-such-node" });

        Assert.Equal(new Typesetting.Refused(TypesettingRefusal.NoWorker, "documents.typesetting.no-worker"), await workers.RenderAsync(Job("x"), default));
    }

    [Fact]
    public async Task Stopping_ends_the_processes_and_answers_who_waits()
    {
        var workers = OneWorker.With(new DocumentSettings { Workers = 2 });
        await workers.RenderAsync(Job("first"), default);
        while (workers.ProcessIds.Count < 2)
        {
            await Task.Delay(20);
        }

        var processes = workers.ProcessIds;
        await workers.DisposeAsync();

        Assert.All(processes, process => Assert.False(IsAlive(process)));
        Assert.IsType<Typesetting.Refused>(await workers.RenderAsync(Job("late"), default));
    }

    [Fact]
    public async Task A_worker_sees_none_of_the_portals_environment()
    {
        Environment.SetEnvironmentVariable("A_SECRET_OF_THE_PORTAL", "x");
        await using var workers = OneWorker.With(new DocumentSettings { Workers = 1 });
        await workers.RenderAsync(Job("first"), default);
        var environment = $"/proc/{workers.ProcessIds.Single()}/environ";

        if (File.Exists(environment))
        {
            Assert.DoesNotContain("A_SECRET_OF_THE_PORTAL", await File.ReadAllTextAsync(environment), StringComparison.Ordinal);
        }
    }

    static TypstJob Job(string template) => new(template, new { }, "A title", DateTimeOffset.UnixEpoch) { Standard = PdfStandard.Plain };

    static int Kill(TypstWorkers workers)
    {
        using var process = Process.GetProcessById(workers.ProcessIds.Single());
        process.Kill();
        return process.Id;
    }

    static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
