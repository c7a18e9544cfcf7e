using System.Text.Json.Serialization;

namespace Glue.FunctionLogs.Api;

/// <summary>Bodies of the API: members as in AWS's model, nothing for what is not there.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(GroupRequest))]
[JsonSerializable(typeof(RetentionRequest))]
[JsonSerializable(typeof(TagsRequest))]
[JsonSerializable(typeof(TagsAnswer))]
[JsonSerializable(typeof(DescribeGroupsRequest))]
[JsonSerializable(typeof(DescribeGroupsAnswer))]
[JsonSerializable(typeof(StreamRequest))]
[JsonSerializable(typeof(DescribeStreamsRequest))]
[JsonSerializable(typeof(DescribeStreamsAnswer))]
[JsonSerializable(typeof(GetEventsRequest))]
[JsonSerializable(typeof(GetEventsAnswer))]
[JsonSerializable(typeof(FilterEventsRequest))]
[JsonSerializable(typeof(FilterEventsAnswer))]
[JsonSerializable(typeof(PutEventsRequest))]
[JsonSerializable(typeof(PutEventsAnswer))]
internal sealed partial class LogsJson : JsonSerializerContext;
