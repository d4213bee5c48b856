namespace Portal.Matching;

/// <summary>How sure the matcher is that two records are the same company; ordered, the surest last.</summary>
public enum Band
{
    /// <summary>Nothing speaks for it.</summary>
    None,

    /// <summary>Worth a reviewer's glance; never shown to the claimant.</summary>
    Possible,

    /// <summary>Not the same company but one of the same group; goes to a reviewer.</summary>
    Related,

    /// <summary>Goes to a reviewer.</summary>
    Likely,

    /// <summary>Blocks a claim.</summary>
    Certain,
}

/// <summary>Bands as they are kept.</summary>
public static class BandWords
{
    /// <summary>The word for it: <c>none</c>, <c>possible</c>, <c>related</c>, <c>likely</c>, <c>certain</c>.</summary>
    public static string Word(this Band band) => band.ToString().ToLowerInvariant();
}

/// <summary>One reason for or against, in points: a field and how it compares.</summary>
/// <param name="Field">What was compared: <c>name</c>, <c>credit_code</c>, <c>vat_number</c>, <c>duns</c>, <c>domain</c>, <c>phone</c>, <c>address</c>, <c>postal_code</c>, <c>city</c>, <c>country</c>.</param>
/// <param name="Finding">How it compares: <c>same</c>, <c>same_but_legal_form</c>, <c>same_but_place</c>, <c>same_words</c>, <c>same_sound</c>, <c>similar_sound</c>, <c>short_form</c>, <c>similar</c>, <c>same_trade_name</c>, <c>different</c>.</param>
/// <param name="Points">Its share of the score; negative where it speaks against.</param>
public sealed record Evidence(string Field, string Finding, decimal Points);

/// <summary>The matcher's answer about two records.</summary>
public sealed record Judgement(Band Band, decimal Score, IReadOnlyList<Evidence> Evidence)
{
    /// <summary>The fields that speak for it, in the order of their weight; a country that agrees is no news.</summary>
    public IReadOnlyList<string> MatchedFields => [.. Evidence.Where(reason => reason.Points >= 1 && reason.Finding is not "different").OrderByDescending(reason => reason.Points).Select(reason => reason.Field).Distinct()];
}
