namespace Portal.Kpis.Boards;

/// <summary>Reads panels, those that come with the page and those that come later, for whoever asks: the page, files, mail, the API.</summary>
public sealed class PanelReader(PromptPanels prompt, Dashboard dashboard, BoardStore boards, IEnumerable<IPanel> late)
{
    /// <summary>One panel, with the tiles that the person at work has chosen.</summary>
    public async Task<PanelFigures> ReadAsync(PanelKind kind, BoardAsked asked, CancellationToken ct) =>
        kind.IsLate ? await LateAsync(kind, asked, ct) : await prompt.ReadAsync(kind.Name, asked, (await boards.OfAsync(ct)).Board, ct);

    /// <summary>All panels that the person at work has arranged, in their order; those that compare partners are left out of the brand's.</summary>
    public async Task<IReadOnlyList<PanelFigures>> ReadAllAsync(BoardAsked asked, CancellationToken ct)
    {
        var board = (await boards.OfAsync(ct)).Board;
        var figures = await dashboard.ReadAsync(asked, board, ct);
        var read = new List<PanelFigures>();
        foreach (var kind in board.Places.Select(place => Panels.Find(place.Name)!).Where(kind => !kind.IsForPartners || !asked.Scope.IsBrand))
        {
            read.Add(kind.IsLate ? await LateAsync(kind, asked, ct) : prompt.Of(kind.Name, figures));
        }

        return read;
    }

    Task<PanelFigures> LateAsync(PanelKind kind, BoardAsked asked, CancellationToken ct) => late.Single(panel => panel.Name == kind.Name).ReadAsync(asked, ct);
}
