namespace Portal.Deals;

/// <summary>The rules a claim is protected by.</summary>
/// <param name="ProtectionPolicyId">The version; its key never leaves the server.</param>
/// <param name="Number">Its number.</param>
/// <param name="ProtectionDays">How long.</param>
/// <param name="ExtensionDays">How much longer on request.</param>
/// <param name="ExtensionsAtMost">How often; any number where nothing is said.</param>
/// <param name="ReminderDays">How many days before the end the partner is reminded.</param>
/// <param name="RecentlyExpiredDays">How long an ended claim is called recently expired.</param>
/// <param name="ScreeningsPerDay">How often a partner may have claims screened in a day.</param>
/// <param name="StaleDays">After so many days without activity it is warned of; never where nothing is said.</param>
/// <param name="StaleWarningDays">So many days after the warning it is released.</param>
/// <param name="BackdatingHours">A win within so many hours of the registration is looked at first.</param>
/// <param name="ScreeningsToday">How often it has today; not counted where a deal's policy is asked for.</param>
public sealed record ProtectionPolicy(
    long ProtectionPolicyId, string Number, int ProtectionDays, int ExtensionDays, int? ExtensionsAtMost, int ReminderDays, int RecentlyExpiredDays, int ScreeningsPerDay,
    int? StaleDays, int StaleWarningDays, int BackdatingHours, int ScreeningsToday)
{
    /// <summary>How often it may have claims screened today still.</summary>
    public int ScreeningsLeft => ScreeningsPerDay - ScreeningsToday;
}
