namespace Portal.Matching.Scoring;

/// <summary>A number that says how two records compare.</summary>
/// <param name="Name">What it is called in the model and in the evidence.</param>
/// <param name="Direction">1 where more of it may only speak for the same company, -1 where it may only speak against, 0 where it depends on the others.</param>
sealed record Feature(string Name, int Direction);
