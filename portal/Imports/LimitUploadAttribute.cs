using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Platform.Texts;
using Portal.Documents;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Forms;

namespace Portal.Imports;

/// <summary>
/// Lets uploads in up to the size of the settings, and refuses a larger one before anything of it is read, with the page on which it was
/// chosen. Runs before the check against forged requests, which would read all of the form.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class LimitUploadAttribute : Attribute, IFilterFactory, IOrderedFilter
{
    public bool IsReusable => false;

    public int Order => LimitFormAttribute.BeforeItIsRead;

    public IFilterMetadata CreateInstance(IServiceProvider serviceProvider) => new LimitUpload(
        serviceProvider.GetRequiredService<DocumentSettings>(), serviceProvider.GetRequiredService<IModelMetadataProvider>(), serviceProvider.GetRequiredService<ICurrentPerson>(),
        serviceProvider.GetRequiredService<Texts>());
}

sealed class LimitUpload(DocumentSettings settings, IModelMetadataProvider metadata, ICurrentPerson me, Texts t) : IAuthorizationFilter
{
    // The other fields of the form, and the lines between its parts.
    const long AroundTheFile = 256 * 1024;

    public void OnAuthorization(AuthorizationFilterContext context)
    {
        var (http, mostFile) = (context.HttpContext, settings.UploadBytes);
        var limits = new FormOptions { MultipartBodyLengthLimit = mostFile + AroundTheFile };
        if (LimitFormAttribute.IsTooLong(http, limits))
        {
            context.ModelState.AddModelError("file", new TableRefusal(TableRefusalKind.TooLarge, Detail: $"{settings.UploadMegabytes} MB").Describe(t));
            context.Result = new RefuseUpload(new ViewResult
            {
                ViewName = "ImportForm",
                StatusCode = StatusCodes.Status413PayloadTooLarge,
                ViewData = new ViewDataDictionary<UploadPage>(metadata, context.ModelState) { Model = new UploadPage(ImportRights.KindsFor(me), null, mostFile) },
            });
            return;
        }

        LimitFormAttribute.LetIn(http, limits);
    }

    /// <summary>
    /// Answers, and then lets the rest of the upload run into nothing: browsers read an answer only after they have sent everything, and would
    /// otherwise show a broken connection. Whoever asked first whether to go on (Expect: 100-continue) is not told to.
    /// </summary>
    sealed class RefuseUpload(ViewResult page) : IActionResult
    {
        static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

        public async Task ExecuteResultAsync(ActionContext context)
        {
            var http = context.HttpContext;
            http.Response.Headers.Connection = "close";
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            {
                body.MaxRequestBodySize = null;
            }

            await page.ExecuteResultAsync(context);
            if (http.Request.Headers.Expect.Count > 0)
            {
                return;
            }

            await http.Response.CompleteAsync();
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            patience.CancelAfter(Patience);
            await ForgetAsync(http.Request.Body, patience.Token);
        }

        static async Task ForgetAsync(Stream body, CancellationToken ct)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
            try
            {
                while (await body.ReadAsync(buffer, ct) > 0)
                {
                }
            }
            catch (Exception end) when (end is OperationCanceledException or IOException)
            {
                // whoever sent it has gone, or would not come to an end
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
