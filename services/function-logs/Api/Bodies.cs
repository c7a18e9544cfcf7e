using System.Text.Json;
using System.Text.Json.Serialization;

namespace Glue.FunctionLogs.Api;

internal sealed record ErrorBody([property: JsonPropertyName("__type")] string Type, [property: JsonPropertyName("message")] string Message);

/// <summary>CreateLogGroup, DeleteLogGroup, DeleteRetentionPolicy, ListTagsLogGroup.</summary>
internal sealed record GroupRequest(string? LogGroupName, string? KmsKeyId, string? LogGroupClass, IReadOnlyDictionary<string, string>? Tags);

internal sealed record RetentionRequest(string? LogGroupName, int? RetentionInDays);

internal sealed record TagsRequest(string? ResourceArn);

internal sealed record TagsAnswer(IReadOnlyDictionary<string, string> Tags);

internal sealed record DescribeGroupsRequest(
    string? LogGroupNamePrefix, string? LogGroupNamePattern, string? NextToken, int? Limit, IReadOnlyList<JsonElement>? LogGroupIdentifiers);

internal sealed record DescribeGroupsAnswer(IReadOnlyList<GroupBody> LogGroups, string? NextToken);

internal sealed record GroupBody(
    string LogGroupName, long CreationTime, int? RetentionInDays, int MetricFilterCount, string Arn, long StoredBytes, string LogGroupClass, string LogGroupArn);

/// <summary>CreateLogStream, DeleteLogStream.</summary>
internal sealed record StreamRequest(string? LogGroupName, string? LogStreamName);

internal sealed record DescribeStreamsRequest(
    string? LogGroupName, string? LogGroupIdentifier, string? LogStreamNamePrefix, string? OrderBy, bool? Descending, string? NextToken, int? Limit);

internal sealed record DescribeStreamsAnswer(IReadOnlyList<StreamBody> LogStreams, string? NextToken);

internal sealed record StreamBody(
    string LogStreamName, long CreationTime, long? FirstEventTimestamp, long? LastEventTimestamp, long? LastIngestionTime, string UploadSequenceToken,
    string Arn, long StoredBytes);

internal sealed record GetEventsRequest(
    string? LogGroupName, string? LogGroupIdentifier, string? LogStreamName, long? StartTime, long? EndTime, string? NextToken, int? Limit, bool? StartFromHead);

internal sealed record GetEventsAnswer(IReadOnlyList<EventBody> Events, string NextForwardToken, string NextBackwardToken);

internal sealed record EventBody(long Timestamp, string Message, long IngestionTime);

internal sealed record FilterEventsRequest(
    string? LogGroupName, string? LogGroupIdentifier, IReadOnlyList<string>? LogStreamNames, string? LogStreamNamePrefix, long? StartTime, long? EndTime,
    string? FilterPattern, string? NextToken, int? Limit);

internal sealed record FilterEventsAnswer(IReadOnlyList<FilteredEventBody> Events, IReadOnlyList<SearchedStreamBody> SearchedLogStreams, string? NextToken);

internal sealed record FilteredEventBody(string LogStreamName, long Timestamp, string Message, long IngestionTime, string EventId);

/// <summary>AWS answers an empty list of these since 2020; the member stays for old clients.</summary>
internal sealed record SearchedStreamBody(string LogStreamName, bool SearchedCompletely);

internal sealed record PutEventsRequest(string? LogGroupName, string? LogStreamName, IReadOnlyList<InputEventBody>? LogEvents);

internal sealed record InputEventBody(long? Timestamp, string? Message);

internal sealed record PutEventsAnswer(string NextSequenceToken, RejectedEventsBody? RejectedLogEventsInfo);

internal sealed record RejectedEventsBody(int? TooNewLogEventStartIndex, int? TooOldLogEventEndIndex, int? ExpiredLogEventEndIndex);
