using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests;

/// <summary>Two accounts on one stack: what each has is its own, and only a permission changes that.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class AccountTests(SharedStack shared)
{
    /// <summary>Answers what it was given, and what the storage gateway shows it.</summary>
    private const string Looker = """
        const s3 = process.env.AWS_ENDPOINT_URL_S3;
        export const handler = async (event) => {
          const status = async (path, options) => (await fetch(`${s3}/${path}`, options)).status;
          return {
            event,
            buckets: [...(await (await fetch(s3)).text()).matchAll(/<Name>([^<]*)/g)].map((match) => match[1]),
            statuses: event.look ? [await status(event.look), await status(`${event.look}/x`, { method: 'PUT', body: 'x' })] : [],
          };
        };
        """;

    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task What_is_shown_as_JSON_can_be_copied_as_it_stands()
    {
        (await _stack.GlueAsync("account", "add", "readable")).Expect();
        Assert.Contains("+00:00\"", (await _stack.GlueAsync("account", "show", "readable")).Expect(), StringComparison.Ordinal); // as may stand in a webhook's secret
    }

    [Fact]
    public async Task A_key_is_honoured_by_both_APIs_as_soon_as_it_is_added_and_refused_as_soon_as_it_is_removed()
    {
        using var ann = await Tenant.AddAsync(_stack, "keys_ann");
        var second = (await _stack.GlueAsync("account", "keys", "add", "keys_ann")).Expect().Split('\n');
        var (id, secret) = (second[1].Split(" = ")[1], second[2].Split(" = ")[1]);
        var before = await Cli.AwsAsync(_stack.Process.S3, id, secret, "s3", "mb", "s3://keys-ann");
        var listed = (await _stack.GlueAsync("account", "keys", "list", ann.AccountId)).Expect();
        (await _stack.GlueAsync("account", "keys", "remove", "keys_ann", id)).Expect();
        var s3 = await Cli.AwsAsync(_stack.Process.S3, id, secret, "s3", "ls");
        var lambda = await Cli.AwsAsync(_stack.Process.Api, id, secret, "lambda", "list-functions");
        var again = await _stack.GlueAsync("account", "keys", "remove", "keys_ann", id);

        before.Expect();
        Assert.Contains(id, listed, StringComparison.Ordinal);
        Assert.Contains(ann.Key.AccessKeyId, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
        Assert.Contains("InvalidAccessKeyId", s3.Error, StringComparison.Ordinal);
        Assert.Contains("UnrecognizedClientException", lambda.Error, StringComparison.Ordinal);
        Assert.Contains("has no key", again.Error, StringComparison.Ordinal);
        (await Cli.AwsAsync(_stack.Process.S3, ann.Key.AccessKeyId, ann.Key.SecretAccessKey, "s3", "ls", "s3://keys-ann")).Expect();
    }

    [Fact]
    public async Task The_administrator_connects_and_tells_for_an_account_and_removes_it_once_it_owns_nothing()
    {
        using var eve = await Tenant.AddAsync(_stack, "removed_eve");
        await eve.Lambda.CreateAsync("hooked", "nodejs20.x", "index.handler", Zip.Of("index.mjs", "export const handler = async () => 1;"));
        await Tenant.BotoAsync("removed_eve_s3.create_bucket(Bucket='removed-eve')", eve);
        (await _stack.GlueAsync("rule", "add", "--account", "removed_eve", "removed-eve", "hooked", "--id", "one")).Expect();
        var rules = (await _stack.GlueAsync("rule", "list", "--account", eve.AccountId, "removed-eve")).Expect();
        (await _stack.GlueAsync("webhook", "add", "--account", "removed_eve", "eves", "https://example.com/eve")).Expect();
        var hers = (await _stack.GlueAsync("webhook", "list", "--account", "removed_eve")).Expect();
        var others = (await _stack.GlueAsync("webhook", "list")).Expect();
        var keys = (await _stack.GlueAsync("account", "keys", "list", "removed_eve")).Expect();
        var unknown = await _stack.GlueAsync("rule", "list", "--account", "removed_nobody", "removed-eve");

        await Tenant.BotoAsync($"""
            rules = removed_eve_s3.get_bucket_notification_configuration(Bucket='removed-eve')['LambdaFunctionConfigurations']
            assert [rule['LambdaFunctionArn'] for rule in rules] == ['{eve.Arn("hooked")}'], rules
            """, eve);
        Assert.Contains("one", rules, StringComparison.Ordinal);
        Assert.Contains("arn:glue:webhook:::eves", hers, StringComparison.Ordinal);
        Assert.DoesNotContain("eves", others, StringComparison.Ordinal);
        Assert.Equal(2, keys.Split("GLUE").Length); // the first alone: what the administrator made is gone again
        Assert.Contains("There is no account 'removed_nobody'", unknown.Error, StringComparison.Ordinal);

        var refused = await _stack.GlueAsync("account", "remove", "removed_eve");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("function hooked", refused.Error, StringComparison.Ordinal);
        Assert.Contains("bucket removed-eve", refused.Error, StringComparison.Ordinal);
        (await _stack.GlueAsync("rule", "remove", "--account", "removed_eve", "removed-eve", "one")).Expect();
        await Tenant.BotoAsync("removed_eve_lambda.delete_function(FunctionName='hooked'); removed_eve_s3.delete_bucket(Bucket='removed-eve')", eve);
        (await _stack.GlueAsync("account", "remove", "removed_eve")).Expect();

        var opens = await Cli.AwsAsync(_stack.Process.Api, eve.Key.AccessKeyId, eve.Key.SecretAccessKey, "lambda", "list-functions");
        Assert.Contains("UnrecognizedClientException", opens.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("removed_eve", (await _stack.GlueAsync("account", "list")).Expect(), StringComparison.Ordinal);
        Assert.Contains("installation's own", (await _stack.GlueAsync("account", "remove", "default")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_are_the_administrators_alone_and_each_may_look_at_its_own()
    {
        using var ben = await Tenant.AddAsync(_stack, "admin_ben");
        using var refused = await ben.Lambda.SendAsync(HttpMethod.Get, "/glue/v1/accounts", body: null);
        using var raised = await ben.Lambda.SendAsync(HttpMethod.Patch, $"/glue/v1/accounts/{ben.AccountId}", new JsonObject { ["weight"] = 100 });
        using var own = await ben.Lambda.SendAsync(HttpMethod.Get, "/glue/v1/account", body: null);
        var taken = await _stack.GlueAsync("account", "add", "admin_ben");
        var unknown = await _stack.GlueAsync("account", "limit", "admin_ben", "--weight", "0");
        var nobody = await _stack.GlueAsync("account", "show", "admin_nobody");
        var list = (await _stack.GlueAsync("account", "list")).Expect();

        Assert.Equal([403, 403, 200], new[] { refused, raised, own }.Select(static answer => (int)answer.StatusCode));
        Assert.Contains("Accounts are managed by", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(ben.AccountId, (string)JsonNode.Parse(await own.Content.ReadAsStringAsync())!["id"]!);
        Assert.Equal((2, 2, 2), (taken.ExitCode, unknown.ExitCode, nobody.ExitCode));
        Assert.Contains("already", taken.Error, StringComparison.Ordinal);
        Assert.Contains("0.01 to 1000", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("There is no account 'admin_nobody'", nobody.Error, StringComparison.Ordinal);
        Assert.Contains("000000000000", list, StringComparison.Ordinal);
        Assert.Contains("admin_ben", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_concurrency_of_account_limit_is_what_GetAccountSettings_tells_that_account_alone()
    {
        using var lim = await Tenant.AddAsync(_stack, "lim_lea");
        (await _stack.GlueAsync("account", "limit", "lim_lea", "--concurrency", "37")).Expect();
        using var answer = await lim.Lambda.SendAsync(HttpMethod.Get, "/2016-08-19/account-settings", body: null);
        using var others = await _stack.Lambda.SendAsync(HttpMethod.Get, "/2016-08-19/account-settings", body: null);
        var limit = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["AccountLimit"]!;

        Assert.Equal((37, 37), ((int)limit["ConcurrentExecutions"]!, (int)limit["UnreservedConcurrentExecutions"]!));
        Assert.Equal(1000, (int)JsonNode.Parse(await others.Content.ReadAsStringAsync())!["AccountLimit"]!["ConcurrentExecutions"]!);
    }

    [Fact]
    public async Task An_event_that_waited_longer_than_its_accounts_queue_age_becomes_a_dead_letter_with_that_reason_when_its_turn_comes()
    {
        using var age = await Tenant.AddAsync(_stack, "age_ada");
        (await _stack.GlueAsync("account", "limit", "age_ada", "--concurrency", "0", "--queue-age", "1")).Expect();
        await age.Lambda.CreateAsync("late", "nodejs20.x", "index.handler", Zip.Of("index.mjs", Looker));
        await age.Lambda.InvokeLaterAsync("late");
        var waiting = Assert.Single(await age.Lambda.InvocationsAsync("function=late"))!;
        await _stack.UntilAsync(() => Task.FromResult(DateTimeOffset.UtcNow - (DateTimeOffset)waiting["acceptedAt"]! > TimeSpan.FromSeconds(1)));
        (await _stack.GlueAsync("account", "limit", "age_ada", "--concurrency", "default")).Expect();
        var row = Assert.Single(await age.Lambda.InvocationsAsync("function=late&wait=30"))!;

        Assert.Equal(("queued", "dead", 0), ((string)waiting["state"]!, (string)row["state"]!, (int)row["attempts"]!));
        Assert.Contains("older than its limit of 00:00:01 after 0 failed attempts", (string)row["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buckets_of_one_account_are_closed_to_the_other_and_their_names_are_taken_for_all()
    {
        using var ann = await Tenant.AddAsync(_stack, "s3_ann");
        using var bob = await Tenant.AddAsync(_stack, "s3_bob");
        await Tenant.BotoAsync(
            """
            s3_ann_s3.create_bucket(Bucket='s3-ann')
            s3_bob_s3.create_bucket(Bucket='s3-bob')
            s3_ann_s3.put_object(Bucket='s3-ann', Key='secret', Body=b'x')
            upload = s3_ann_s3.create_multipart_upload(Bucket='s3-ann', Key='big')['UploadId']
            refused('BucketAlreadyExists', s3_bob_s3.create_bucket, Bucket='s3-ann')
            refused('BucketAlreadyOwnedByYou', s3_ann_s3.create_bucket, Bucket='s3-ann')
            key = {'Bucket': 's3-ann', 'Key': 'secret'}
            for call in (s3_bob_s3.get_object, s3_bob_s3.delete_object, s3_bob_s3.put_object):
                refused('AccessDenied', call, **key)
            refused('403', s3_bob_s3.head_object, **key)
            refused('403', s3_bob_s3.head_bucket, Bucket='s3-ann')
            for call in (s3_bob_s3.list_objects_v2, s3_bob_s3.delete_bucket, s3_bob_s3.list_multipart_uploads,
                         s3_bob_s3.get_bucket_notification_configuration, s3_bob_s3.get_bucket_acl):
                refused('AccessDenied', call, Bucket='s3-ann')
            refused('AccessDenied', s3_bob_s3.put_bucket_notification_configuration, Bucket='s3-ann', NotificationConfiguration={})
            refused('AccessDenied', s3_bob_s3.copy_object, Bucket='s3-bob', Key='copy', CopySource=key)
            refused('AccessDenied', s3_ann_s3.copy_object, Bucket='s3-bob', Key='gift', CopySource=key)
            refused('AccessDenied', s3_bob_s3.upload_part, Bucket='s3-ann', Key='big', UploadId=upload, PartNumber=1, Body=b'x')
            refused('AccessDenied', s3_bob_s3.abort_multipart_upload, Bucket='s3-ann', Key='big', UploadId=upload)
            removed = s3_bob_s3.delete_objects(Bucket='s3-ann', Delete={'Objects': [{'Key': 'secret'}]}) # S3 refuses these one by one
            assert [e['Code'] for e in removed['Errors']] == ['AccessDenied'] and 'Deleted' not in removed, removed
            assert [b['Name'] for b in s3_bob_s3.list_buckets()['Buckets']] == ['s3-bob']
            assert s3_ann_s3.get_object(**key)['Body'].read() == b'x'
            """,
            ann, bob);
    }

    [Fact]
    public async Task A_function_is_unseen_and_uncallable_from_another_account_until_its_policy_lets_that_account_invoke_it()
    {
        using var ann = await Tenant.AddAsync(_stack, "fn_ann");
        using var bob = await Tenant.AddAsync(_stack, "fn_bob");
        await ann.Lambda.CreateAsync("mine", "nodejs20.x", "index.handler", Zip.Of("index.mjs", Looker));
        await bob.Lambda.CreateAsync("other", "nodejs20.x", "index.handler", Zip.Of("index.mjs", Looker));
        await Tenant.BotoAsync(
            """
            arn = f'arn:aws:lambda:us-east-1:{fn_ann}:function:mine'
            event = dict(FunctionName=arn, Payload=b'{"n":1}')
            assert [f['FunctionName'] for f in fn_bob_lambda.list_functions()['Functions']] == ['other']
            refused('ResourceNotFoundException', fn_bob_lambda.invoke, FunctionName='mine')
            def all_refused():
                refused('AccessDeniedException', fn_bob_lambda.invoke, **event)
                refused('AccessDeniedException', fn_bob_lambda.invoke, InvocationType='Event', **event)
            all_refused()
            refused('AccessDeniedException', fn_bob_lambda.invoke, FunctionName=arn.replace('mine', 'no-such-function'))
            permit = dict(FunctionName='mine', Action='lambda:InvokeFunction', Principal=fn_bob)
            fn_ann_lambda.add_permission(StatementId='conditional', SourceAccount=fn_bob, **permit)
            fn_ann_lambda.add_permission(StatementId='elsewhere', **{**permit, 'Principal': '123456789012'})
            fn_ann_lambda.add_permission(StatementId='otherwise', **{**permit, 'Action': 'lambda:GetFunction'})
            all_refused()
            fn_ann_lambda.add_permission(StatementId='bob', **permit)
            assert json.load(fn_bob_lambda.invoke(**event)['Payload'])['event'] == {'n': 1}
            assert fn_bob_lambda.invoke(InvocationType='Event', **event)['StatusCode'] == 202
            for call in (fn_bob_lambda.get_function, fn_bob_lambda.get_policy, fn_bob_lambda.delete_function, fn_bob_lambda.get_function_configuration):
                refused('AccessDeniedException', call, FunctionName=arn)
            refused('AccessDeniedException', fn_bob_lambda.update_function_configuration, FunctionName=arn, Timeout=9)
            fn_ann_lambda.remove_permission(FunctionName='mine', StatementId='bob')
            all_refused()
            """,
            ann, bob);
        var anns = await ann.Lambda.InvocationsAsync("function=mine&wait=30");
        Assert.Equal("succeeded", (string)Assert.Single(anns)!["state"]!);
        Assert.Empty(await bob.Lambda.InvocationsAsync("function=mine"));
        using var peek = await bob.Lambda.SendAsync(HttpMethod.Get, $"/glue/v1/invocations/{anns[0]!["id"]}", body: null);
        Assert.Equal(404, (int)peek.StatusCode);
    }

    [Fact]
    public async Task A_function_reaches_the_buckets_of_its_own_account_alone()
    {
        using var ann = await Tenant.AddAsync(_stack, "gw_ann");
        using var bob = await Tenant.AddAsync(_stack, "gw_bob");
        await bob.Lambda.CreateAsync("look", "nodejs20.x", "index.handler", Zip.Of("index.mjs", Looker));
        await Tenant.BotoAsync(
            """
            gw_ann_s3.create_bucket(Bucket='gw-ann')
            gw_bob_s3.create_bucket(Bucket='gw-bob')
            def look(bucket):
                return json.load(gw_bob_lambda.invoke(FunctionName='look', Payload=json.dumps({'look': bucket}))['Payload'])
            own, others = look('gw-bob'), look('gw-ann')
            assert (own['buckets'], own['statuses']) == (['gw-bob'], [200, 200]), own
            assert (others['buckets'], others['statuses']) == (['gw-bob'], [403, 403]), others
            """,
            ann, bob);
    }

    [Fact]
    public async Task A_bucket_triggers_a_function_of_another_account_only_while_that_one_permits_it_for_the_buckets_account()
    {
        using var ann = await Tenant.AddAsync(_stack, "rule_ann");
        using var bob = await Tenant.AddAsync(_stack, "rule_bob");
        await bob.Lambda.CreateAsync("take", "nodejs20.x", "index.handler", Zip.Of("index.mjs", Looker));
        const string Rule = """
            rule = {'LambdaFunctionConfigurations': [{'Id': 'r', 'LambdaFunctionArn': f'arn:aws:lambda:us-east-1:{rule_bob}:function:take', 'Events': ['s3:ObjectCreated:*']}]}
            put = dict(Bucket='rule-ann', NotificationConfiguration=rule)
            permit = dict(FunctionName='take', Action='lambda:InvokeFunction', Principal='s3.amazonaws.com', SourceArn='arn:aws:s3:::rule-ann')
            """;
        await Tenant.BotoAsync(
            Rule + """

            rule_ann_s3.create_bucket(Bucket='rule-ann')
            refused('InvalidArgument', rule_ann_s3.put_bucket_notification_configuration, **put)
            rule_bob_lambda.add_permission(StatementId='wrong', SourceAccount=rule_bob, **permit)
            refused('InvalidArgument', rule_ann_s3.put_bucket_notification_configuration, **put)
            rule_bob_lambda.add_permission(StatementId='right', SourceAccount=rule_ann, **permit)
            rule_ann_s3.put_bucket_notification_configuration(**put)
            rule_ann_s3.put_object(Bucket='rule-ann', Key='one', Body=b'x')
            """,
            ann, bob);
        var row = Assert.Single(await bob.Lambda.InvocationsAsync("bucket=rule-ann&wait=30"))!;
        await Tenant.BotoAsync(
            Rule + """

            rule_bob_lambda.remove_permission(FunctionName='take', StatementId='right')
            rule_ann_s3.put_object(Bucket='rule-ann', Key='two', Body=b'x')
            """,
            ann, bob);
        await _stack.UntilAsync(() => Task.FromResult(_stack.Process.Log.Contains("does not let S3 invoke it for bucket 'rule-ann'", StringComparison.Ordinal)));

        Assert.Equal(("succeeded", "one"), ((string)row["state"]!, (string)row["source"]!["key"]!));
        Assert.Single(await bob.Lambda.InvocationsAsync("bucket=rule-ann"));
        Assert.Empty(await ann.Lambda.InvocationsAsync("bucket=rule-ann"));
    }
}
