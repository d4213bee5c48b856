using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using Microsoft.Extensions.Options;
using Platform.Texts;

namespace Portal.Web.Forms;

/// <summary>
/// What is said about a wrong field, in the reader's language. A rule on a form's property (<c>[Required, StringLength(200)]</c>) needs no
/// message: it gets the shell's; where a feature has a better one, its text key stands as the rule's <c>ErrorMessage</c>.
/// </summary>
sealed class ValidationTexts(Texts t) : IValidationMetadataProvider, IConfigureOptions<MvcOptions>
{
    public void Configure(MvcOptions options)
    {
        options.ModelMetadataDetailsProviders.Add(this);
        var says = options.ModelBindingMessageProvider;
        says.SetMissingBindRequiredValueAccessor(_ => t["web.field.required"]);
        says.SetMissingKeyOrValueAccessor(() => t["web.field.required"]);
        says.SetMissingRequestBodyRequiredValueAccessor(() => t["web.field.required"]);
        says.SetValueMustNotBeNullAccessor(_ => t["web.field.required"]);
        says.SetAttemptedValueIsInvalidAccessor((value, _) => t["web.field.not_understood_value", value]);
        says.SetNonPropertyAttemptedValueIsInvalidAccessor(value => t["web.field.not_understood_value", value]);
        says.SetValueIsInvalidAccessor(value => t["web.field.not_understood_value", value]);
        says.SetUnknownValueIsInvalidAccessor(_ => t["web.field.not_understood"]);
        says.SetNonPropertyUnknownValueIsInvalidAccessor(() => t["web.field.not_understood"]);
        says.SetValueMustBeANumberAccessor(_ => t["web.field.number"]);
        says.SetNonPropertyValueMustBeANumberAccessor(() => t["web.field.number"]);
    }

    public void CreateValidationMetadata(ValidationMetadataProviderContext context)
    {
        foreach (var rule in context.ValidationMetadata.ValidatorMetadata.OfType<ValidationAttribute>())
        {
            if (rule.ErrorMessage is null && rule.ErrorMessageResourceName is null && KeyOf(rule) is { } key)
            {
                rule.ErrorMessage = key;
            }
        }
    }

    static string? KeyOf(ValidationAttribute rule) => rule switch
    {
        RequiredAttribute => "web.field.required",
        StringLengthAttribute { MinimumLength: > 0 } => "web.field.length",
        StringLengthAttribute => "web.field.too_long",
        MaxLengthAttribute => "web.field.too_long",
        MinLengthAttribute => "web.field.too_short",
        RangeAttribute => "web.field.range",
        EmailAddressAttribute => "web.field.email",
        UrlAttribute => "web.field.url",
        _ => null,
    };
}
