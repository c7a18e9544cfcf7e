using System.Reflection;
using Glue.Functions.Runtime;

namespace Glue.Functions.Dotnet;

/// <summary>
/// An invocation's context as the function's own <c>Amazon.Lambda.Core.ILambdaContext</c>, of whichever version: by the names of its
/// members, and what a later version adds and nobody here knows is empty.
/// </summary>
internal static class ContextAdapter
{
    public static object Over(Type contract, ILambdaContext context, object? serializer) => InterfaceAdapter.Over(contract, (member, _) => member.Name switch
    {
        "get_AwsRequestId" => context.AwsRequestId,
        "get_FunctionName" => context.FunctionName,
        "get_FunctionVersion" => context.FunctionVersion,
        "get_InvokedFunctionArn" => context.InvokedFunctionArn,
        "get_LogGroupName" => context.LogGroupName,
        "get_LogStreamName" => context.LogStreamName,
        "get_MemoryLimitInMB" => context.MemoryLimitInMB,
        "get_RemainingTime" => context.RemainingTime,
        "get_TraceId" => Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID"),
        "get_Serializer" => serializer,
        "get_Logger" => LoggerAdapter.Over(member.ReturnType),
        "get_Identity" => InterfaceAdapter.Over(member.ReturnType, static (_, _) => null), // nobody signs in with Cognito here
        "get_ClientContext" => context.ClientContext is { } client ? Over(member.ReturnType, client) : null,
        _ => null,
    });

    private static object Over(Type contract, IClientContext client) => InterfaceAdapter.Over(contract, (member, _) => member.Name switch
    {
        "get_Environment" => client.Environment,
        "get_Custom" => client.Custom,
        "get_Client" => client.Client is { } application ? Over(member.ReturnType, application) : null,
        _ => null,
    });

    private static object Over(Type contract, IClientApplication application) => InterfaceAdapter.Over(contract, (member, _) => member.Name switch
    {
        "get_AppPackageName" => application.AppPackageName,
        "get_AppTitle" => application.AppTitle,
        "get_AppVersionCode" => application.AppVersionCode,
        "get_AppVersionName" => application.AppVersionName,
        "get_InstallationId" => application.InstallationId,
        _ => null,
    });
}
