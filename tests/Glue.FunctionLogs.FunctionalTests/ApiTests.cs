using System.Net;
using System.Text.Json.Nodes;

namespace Glue.FunctionLogs.FunctionalTests;

/// <summary>The CloudWatch Logs API as Debian's awscli and boto3 use it.</summary>
public sealed class ApiTests
{
    private const string Group = "/aws/lambda/f";

    [Fact]
    public async Task Boto3_makes_groups_and_streams_puts_events_reads_them_in_pages_and_removes_them()
    {
        await using var logs = await LogsUnderTest.StartAsync();
        var output = await logs.BotoAsync(
            """
            import time
            now = int(time.time() * 1000)
            for name in ('/app/a', '/app/b', '/other'):
                logs.create_log_group(logGroupName=name)
            for name in ('one', 'two'):
                logs.create_log_stream(logGroupName='/app/a', logStreamName=name)
            put = logs.put_log_events(logGroupName='/app/a', logStreamName='one', logEvents=[{'timestamp': now + i, 'message': f'one {i}'} for i in range(25)])
            assert 'rejectedLogEventsInfo' not in put and put['nextSequenceToken'], put
            logs.put_log_events(logGroupName='/app/a', logStreamName='two', logEvents=[{'timestamp': now + 10, 'message': 'two ERROR'}])

            pages = logs.get_paginator('filter_log_events').paginate(logGroupName='/app/a', PaginationConfig={'PageSize': 7})
            events = [event for page in pages for event in page['events']]
            assert [e['message'] for e in events] == [f'one {i}' for i in range(11)] + ['two ERROR'] + [f'one {i}' for i in range(11, 25)], events
            assert len({e['eventId'] for e in events}) == 26 and all(len(e['eventId']) == 56 for e in events)
            assert events[3]['timestamp'] == now + 3 and events[3]['logStreamName'] == 'one' and events[3]['ingestionTime'] >= now

            def found(**more):
                return [e['message'] for e in logs.filter_log_events(logGroupName='/app/a', **more)['events']]
            assert found(filterPattern='ERROR') == ['two ERROR']
            assert found(logStreamNames=['two']) == ['two ERROR'] and found(logStreamNamePrefix='tw') == ['two ERROR']
            assert found(startTime=now + 23) == ['one 23', 'one 24'] and found(endTime=now + 1) == ['one 0', 'one 1']

            def get(**more):
                answer = logs.get_log_events(logGroupName='/app/a', logStreamName='one', limit=10, **more)
                return [e['message'] for e in answer['events']], answer['nextForwardToken'], answer['nextBackwardToken']
            last, forward, backward = get()
            assert last == [f'one {i}' for i in range(15, 25)]
            assert get(nextToken=forward)[:2] == ([], forward)
            assert get(nextToken=backward)[0] == [f'one {i}' for i in range(5, 15)]
            first, forward, _ = get(startFromHead=True)
            assert first == [f'one {i}' for i in range(10)]
            second, forward, _ = get(nextToken=forward)
            assert second == [f'one {i}' for i in range(10, 20)] and get(nextToken=forward)[0] == [f'one {i}' for i in range(20, 25)]

            groups = [g for page in logs.get_paginator('describe_log_groups').paginate(PaginationConfig={'PageSize': 1}) for g in page['logGroups']]
            assert [g['logGroupName'] for g in groups] == ['/app/a', '/app/b', '/other']
            assert groups[0]['arn'] == 'arn:aws:logs:us-east-1:000000000000:log-group:/app/a:*' and groups[0]['storedBytes'] > 0
            assert [g['logGroupName'] for g in logs.describe_log_groups(logGroupNamePrefix='/app/')['logGroups']] == ['/app/a', '/app/b']
            streams = [s for page in logs.get_paginator('describe_log_streams').paginate(logGroupName='/app/a', PaginationConfig={'PageSize': 1}) for s in page['logStreams']]
            assert [s['logStreamName'] for s in streams] == ['one', 'two'] and streams[0]['lastEventTimestamp'] == now + 24
            newest = [s for page in logs.get_paginator('describe_log_streams').paginate(
                logGroupName='/app/a', orderBy='LastEventTime', descending=True, PaginationConfig={'PageSize': 1}) for s in page['logStreams']]
            assert [s['logStreamName'] for s in newest] == ['one', 'two'], newest

            logs.put_retention_policy(logGroupName='/app/a', retentionInDays=7)
            assert logs.describe_log_groups(logGroupNamePrefix='/app/a')['logGroups'][0]['retentionInDays'] == 7
            logs.delete_retention_policy(logGroupName='/app/a')
            assert 'retentionInDays' not in logs.describe_log_groups(logGroupNamePrefix='/app/a')['logGroups'][0]
            assert logs.list_tags_log_group(logGroupName='/app/a')['tags'] == {}
            old = logs.put_log_events(logGroupName='/app/a', logStreamName='two', logEvents=[{'timestamp': now - 20 * 86400000, 'message': 'old'}])
            assert old['rejectedLogEventsInfo'] == {'tooOldLogEventEndIndex': 1, 'expiredLogEventEndIndex': 1}, old
            logs.delete_log_stream(logGroupName='/app/a', logStreamName='one')
            assert found() == ['two ERROR']
            logs.delete_log_group(logGroupName='/app/a')
            assert [g['logGroupName'] for g in logs.describe_log_groups()['logGroups']] == ['/app/b', '/other']
            print('done')
            """);
        Assert.Equal("done", output.Trim());
    }

    [Fact]
    public async Task Aws_logs_tail_and_filter_log_events_show_a_functions_lines()
    {
        await using var logs = await LogsUnderTest.StartAsync();
        var log = logs.Open();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        LogsUnderTest.Append(log, "{\"level\":\"INFO\",\"message\":\"begun\"}", now - 2);
        LogsUnderTest.Append(log, "{\"level\":\"ERROR\",\"message\":\"broken\"}", now - 1);

        var tail = (await logs.AwsAsync("tail", Group, "--format", "short")).Expect();
        Assert.Equal(2, tail.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var found = JsonNode.Parse((await logs.AwsAsync("filter-log-events", "--log-group-name", Group, "--filter-pattern", "{ $.level = \"ERROR\" }")).Expect())!;
        var line = Assert.Single(found["events"]!.AsArray())!;
        Assert.Equal("{\"level\":\"ERROR\",\"message\":\"broken\"}", (string)line["message"]!);
        Assert.Equal("2026/11/21/[$LATEST]a", (string)line["logStreamName"]!);
        Assert.Equal(now - 1, (long)line["timestamp"]!);
    }

    [Fact]
    public async Task An_account_sees_and_changes_nothing_of_anothers()
    {
        await using var logs = await LogsUnderTest.StartAsync();
        LogsUnderTest.Append(logs.Open(), "mine", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        await logs.Writer.FlushAsync();

        Assert.Equal("0", (await logs.AwsOfOtherAsync("describe-log-groups", "--query", "length(logGroups)")).Expect().Trim());
        foreach (var command in new[] { "filter-log-events", "describe-log-streams", "delete-log-group" })
        {
            Assert.Contains("ResourceNotFoundException", (await logs.AwsOfOtherAsync(command, "--log-group-name", Group)).Error, StringComparison.Ordinal);
        }

        Assert.Equal(["mine"], logs.ReadAll(Group));
    }

    [Fact]
    public async Task What_is_wrong_is_refused_with_AWSs_error()
    {
        await using var logs = await LogsUnderTest.StartAsync();
        LogsUnderTest.Append(logs.Open(), "hello", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        await logs.Writer.FlushAsync();
        var output = await logs.BotoAsync(
            $$"""
            from botocore.exceptions import ClientError
            group = dict(logGroupName='{{Group}}')
            stream = dict(group, logStreamName='2026/11/21/[$LATEST]a')
            event = lambda time, message='x': dict(timestamp=time, message=message)
            now = int(__import__('time').time() * 1000)
            for expected, action, fields in [
                ('ResourceNotFoundException', 'filter_log_events', dict(logGroupName='/none')),
                ('ResourceNotFoundException', 'get_log_events', dict(group, logStreamName='none')),
                ('ResourceNotFoundException', 'filter_log_events', dict(group, logStreamNames=['none'])),
                ('ResourceNotFoundException', 'put_log_events', dict(group, logStreamName='none', logEvents=[event(now)])),
                ('ResourceNotFoundException', 'delete_log_stream', dict(group, logStreamName='none')),
                ('ResourceNotFoundException', 'put_retention_policy', dict(logGroupName='/none', retentionInDays=1)),
                ('ResourceAlreadyExistsException', 'create_log_group', group),
                ('ResourceAlreadyExistsException', 'create_log_stream', stream),
                ('InvalidParameterException', 'create_log_group', dict(logGroupName='a b')),
                ('InvalidParameterException', 'create_log_group', dict(logGroupName='x' * 513)),
                ('InvalidParameterException', 'create_log_group', dict(logGroupName='new', kmsKeyId='key')),
                ('InvalidParameterException', 'create_log_stream', dict(group, logStreamName='a:b')),
                ('InvalidParameterException', 'put_retention_policy', dict(group, retentionInDays=2)),
                ('InvalidParameterException', 'filter_log_events', dict(group, filterPattern='[a, b]')),
                ('InvalidParameterException', 'filter_log_events', dict(group, filterPattern='x' * 1025)),
                ('InvalidParameterException', 'filter_log_events', dict(group, nextToken='none')),
                ('InvalidParameterException', 'filter_log_events', dict(group, limit=10001)),
                ('InvalidParameterException', 'filter_log_events', dict(group, logStreamNames=['a'], logStreamNamePrefix='a')),
                ('InvalidParameterException', 'get_log_events', dict(stream, nextToken='f/1')),
                ('InvalidParameterException', 'describe_log_streams', dict(group, orderBy='LastEventTime', logStreamNamePrefix='a')),
                ('InvalidParameterException', 'describe_log_streams', dict(group, nextToken='?')),
                ('InvalidParameterException', 'put_log_events', dict(stream, logEvents=[event(now), event(now - 1)])),
                ('InvalidParameterException', 'put_log_events', dict(stream, logEvents=[event(now, 'x' * 1048577)])),
                ('UnknownOperationException', 'describe_metric_filters', {}),
            ]:
                try:
                    getattr(logs, action)(**fields)
                    found = 'no error'
                except ClientError as error:
                    found = error.response['Error']['Code']
                if found != expected:
                    print(action, str(fields)[:100], found)
            """);
        Assert.Equal("", output);
    }

    [Fact]
    public async Task Strangers_and_unsigned_requests_get_403_and_what_is_not_addressed_to_the_service_is_not_its()
    {
        await using var logs = await LogsUnderTest.StartAsync();
        var stranger = await Cli.AwsAsync(logs.Endpoint, "STRANGER", "secret", "logs", "describe-log-groups");
        var wrongSecret = await Cli.AwsAsync(logs.Endpoint, "KEYOFONE", "wrong", "logs", "describe-log-groups");
        Assert.Contains("(UnrecognizedClientException)", stranger.Error, StringComparison.Ordinal);
        Assert.Contains("(InvalidSignatureException)", wrongSecret.Error, StringComparison.Ordinal);

        using var http = new HttpClient();
        using var unsigned = new HttpRequestMessage(HttpMethod.Post, logs.Endpoint) { Content = new StringContent("{}") };
        unsigned.Headers.Add("X-Amz-Target", "Logs_20140328.DescribeLogGroups");
        using var answer = await http.SendAsync(unsigned);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("\"__type\":\"MissingAuthenticationTokenException\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var other = await http.PostAsync(new Uri(logs.Endpoint), new StringContent("{}"));
        Assert.Equal("somebody else's", await other.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Bodies_that_are_no_JSON_or_of_another_shape_are_refused_and_the_service_goes_on()
    {
        await using var logs = await LogsUnderTest.StartAsync();
        var output = await logs.BotoAsync(
            """
            import urllib.request, urllib.error
            from botocore.auth import SigV4Auth
            from botocore.awsrequest import AWSRequest
            from botocore.credentials import Credentials
            endpoint = logs.meta.endpoint_url
            for action in ('FilterLogEvents', 'PutLogEvents', 'DescribeLogGroups', 'CreateLogGroup'):
                for body in (b'', b'null', b'[]', b'{', b'{"logGroupName": 1}', b'{"limit": "x"}', b'\xff', b'[' * 100000):
                    request = AWSRequest('POST', endpoint + '/', data=body, headers={'X-Amz-Target': 'Logs_20140328.' + action})
                    SigV4Auth(Credentials('KEYOFONE', 'secret'), 'logs', 'us-east-1').add_auth(request)
                    try:
                        status = urllib.request.urlopen(urllib.request.Request(endpoint + '/', body, dict(request.headers), method='POST')).status
                    except urllib.error.HTTPError as error:
                        status = error.code
                        assert b'__type' in error.read()
                    assert status in (200, 400), (action, body[:10], status)
            print(len(logs.describe_log_groups()['logGroups']))
            """);
        Assert.Equal("0", output.Trim());
    }
}
