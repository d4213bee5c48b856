namespace Identity.Passkeys;

/// <summary>The button that asks for a passkey.</summary>
/// <param name="Purpose">One of <see cref="PasskeyPurpose"/>.</param>
/// <param name="Request">The application's request that waits.</param>
/// <param name="Then">The page of ours that is to come afterwards.</param>
sealed record PasskeyButton(string Purpose, string? Request, string? Then);
