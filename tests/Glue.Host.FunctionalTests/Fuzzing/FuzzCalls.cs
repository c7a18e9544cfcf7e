namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>Good calls of each API. What would end the test itself (limits and keys of the account that signs) is not among them.</summary>
internal static class FuzzCalls
{
    private const string Functions = "/2015-03-31/functions";

    public static IReadOnlyList<FuzzCall> Logs { get; } =
    [
        .. new[]
        {
            ("DescribeLogGroups", """{"logGroupNamePrefix":"/aws/lambda","limit":5}"""),
            ("DescribeLogStreams", """{"logGroupName":"/aws/lambda/fuzz","orderBy":"LastEventTime","descending":true}"""),
            ("FilterLogEvents", """{"logGroupName":"/aws/lambda/fuzz","startTime":0,"endTime":4102444800000,"filterPattern":"START","limit":10,"interleaved":true}"""),
            ("GetLogEvents", """{"logGroupName":"/aws/lambda/fuzz","logStreamName":"s","startFromHead":true,"nextToken":"f/1"}"""),
            ("CreateLogGroup", """{"logGroupName":"/fuzz/group","tags":{"a":"b"}}"""),
            ("CreateLogStream", """{"logGroupName":"/fuzz/group","logStreamName":"stream"}"""),
            ("PutLogEvents", """{"logGroupName":"/fuzz/group","logStreamName":"stream","logEvents":[{"timestamp":1700000000000,"message":"m"}]}"""),
            ("PutRetentionPolicy", """{"logGroupName":"/fuzz/group","retentionInDays":7}"""),
            ("DeleteLogStream", """{"logGroupName":"/fuzz/group","logStreamName":"stream"}"""),
            ("NoSuchAction", "{}"),
        }.Select(static call => new FuzzCall("POST", "/", call.Item2, ("X-Amz-Target", "Logs_20140328." + call.Item1))),
    ];

    public static IReadOnlyList<FuzzCall> Store { get; } =
    [
        new("GET", "/"), new("PUT", "/fuzz/key", "body"), new("GET", "/fuzz/key"), new("HEAD", "/fuzz/key"), new("DELETE", "/fuzz/key"), new("PUT", "/fuzz2"), new("DELETE", "/fuzz2"),
        new("GET", "/fuzz?list-type=2&prefix=k&max-keys=2&delimiter=%2F"), new("GET", "/fuzz?versions"), new("GET", "/fuzz?uploads"), new("POST", "/fuzz/m?uploads"),
        new("PUT", "/fuzz/m?partNumber=1&uploadId=u", "part"), new("POST", "/fuzz/m?uploadId=u", "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"e\"</ETag></Part></CompleteMultipartUpload>"),
        new("POST", "/fuzz?delete", "<Delete><Object><Key>key</Key></Object><Quiet>true</Quiet></Delete>"),
        new("PUT", "/fuzz?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
        new("PUT", "/fuzz?tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"),
        new("PUT", "/fuzz/key?tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"), new("GET", "/fuzz/key?tagging"),
        new("PUT", "/fuzz?lifecycle", "<LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>x/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>"),
        new("PUT", "/fuzz?cors", "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>"),
        new("PUT", "/fuzz?policy", """{"Version":"2012-10-17","Statement":[{"Sid":"s","Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::fuzz/*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}"""),
        new("DELETE", "/fuzz?policy"), new("GET", "/fuzz?acl"), new("GET", "/fuzz?location"),
        new("PUT", "/fuzz?notification", "<NotificationConfiguration><CloudFunctionConfiguration><Id>r</Id><CloudFunction>arn:aws:lambda:us-east-1:000000000000:function:fuzz</CloudFunction><Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration></NotificationConfiguration>"),
        new("PUT", "/fuzz/copy", "", ("x-amz-copy-source", "/fuzz/key")),
    ];

    public static IReadOnlyList<FuzzCall> Lambda(string zip) =>
    [
        new("POST", Functions, $$$$"""{"FunctionName":"made","Runtime":"python3.11","Role":"arn:aws:iam::000000000000:role/r","Handler":"app.handler","Code":{"ZipFile":"{{{{zip}}}}"},"Timeout":3,"MemorySize":128,"Environment":{"Variables":{"AB":"c"}},"Tags":{"a":"b"},"Layers":[],"TracingConfig":{"Mode":"Active"},"EphemeralStorage":{"Size":512},"LoggingConfig":{"LogFormat":"JSON"},"Publish":true}"""),
        new("GET", Functions + "?MaxItems=5&FunctionVersion=ALL"), new("GET", Functions + "/fuzz"), new("GET", Functions + "/fuzz/configuration"), new("DELETE", Functions + "/made"),
        new("PUT", Functions + "/made/configuration", """{"Description":"d","Timeout":5,"MemorySize":256,"Environment":{"Variables":{"AB":"c"}},"SnapStart":{"ApplyOn":"None"},"RevisionId":null}"""),
        new("PUT", Functions + "/made/code", $$$$"""{"ZipFile":"{{{{zip}}}}","DryRun":false,"Publish":true}"""), new("PUT", Functions + "/made/code", """{"S3Bucket":"fuzz","S3Key":"key"}"""),
        new("POST", Functions + "/made/versions", """{"Description":"d"}"""), new("GET", Functions + "/made/versions"),
        new("POST", Functions + "/made/aliases", """{"Name":"live","FunctionVersion":"1","RoutingConfig":{"AdditionalVersionWeights":{"2":0.5}}}"""), new("GET", Functions + "/made/aliases"),
        new("PUT", Functions + "/made/aliases/live", """{"FunctionVersion":"1","Description":"x"}"""), new("DELETE", Functions + "/made/aliases/live"),
        new("POST", Functions + "/fuzz/policy", """{"StatementId":"s","Action":"lambda:InvokeFunction","Principal":"s3.amazonaws.com","SourceArn":"arn:aws:s3:::fuzz","SourceAccount":"000000000000"}"""),
        new("GET", Functions + "/fuzz/policy"), new("DELETE", Functions + "/fuzz/policy/s"),
        new("POST", Functions + "/fuzz/invocations", """{"question":[1,2,{"a":"ü"}]}"""), new("POST", Functions + "/fuzz/invocations", "{}", ("X-Amz-Invocation-Type", "DryRun")),
        new("POST", "/2014-11-13/functions/nobody/invoke-async/", "{}"), new("POST", "/2021-11-15/functions/fuzz/response-streaming-invocations", "{}"),
        new("PUT", "/2017-10-31/functions/made/concurrency", """{"ReservedConcurrentExecutions":3}"""), new("DELETE", "/2017-10-31/functions/made/concurrency"),
        new("PUT", "/2019-09-30/functions/made/provisioned-concurrency?Qualifier=7", """{"ProvisionedConcurrentExecutions":1}"""),
        new("PUT", "/2019-09-25/functions/made/event-invoke-config", """{"MaximumRetryAttempts":1,"MaximumEventAgeInSeconds":60,"DestinationConfig":{"OnFailure":{"Destination":"arn:aws:s3:::fuzz"}}}"""),
        new("GET", "/2019-09-25/functions/made/event-invoke-config/list"),
        new("POST", "/2018-10-31/layers/made/versions", $$$$"""{"Content":{"ZipFile":"{{{{zip}}}}"},"CompatibleRuntimes":["python3.11"],"Description":"d"}"""), new("GET", "/2018-10-31/layers"),
        new("GET", "/2018-10-31/layers/made/versions/1"), new("DELETE", "/2018-10-31/layers/made/versions/1"), new("GET", "/2018-10-31/layers?find=LayerVersion&Arn=arn:aws:lambda:us-east-1:000000000000:layer:made:1"),
        new("POST", "/2018-10-31/layers/made/versions/1/policy", """{"StatementId":"s","Action":"lambda:GetLayerVersion","Principal":"*"}"""),
        new("POST", "/2015-03-31/event-source-mappings", """{"FunctionName":"fuzz","Enabled":false,"Topics":["topic"],"StartingPosition":"LATEST","SelfManagedEventSource":{"Endpoints":{"KAFKA_BOOTSTRAP_SERVERS":["127.0.0.1:1"]}},"FilterCriteria":{"Filters":[{"Pattern":"{\"value\":{\"a\":[{\"numeric\":[\">\",1]}]}}"}]},"BatchSize":5,"DestinationConfig":{"OnFailure":{"Destination":"arn:aws:s3:::fuzz"}}}"""),
        new("GET", "/2015-03-31/event-source-mappings?FunctionName=fuzz"), new("PUT", "/2015-03-31/event-source-mappings/none", """{"BatchSize":3}"""),
        new("GET", "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Afuzz"),
        new("POST", "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Amade", """{"Tags":{"a":"b","glue:idempotency":"$.x"}}"""),
        new("POST", "/2021-10-31/functions/made/url", """{"AuthType":"NONE","Cors":{"AllowOrigins":["*"]},"InvokeMode":"BUFFERED"}"""), new("GET", "/2021-10-31/functions/made/url"),
        new("PUT", "/2024-08-31/functions/made/recursion-config", """{"RecursiveLoop":"Allow"}"""), new("GET", "/2016-08-19/account-settings"),
        new("GET", "/glue/v1/invocations?limit=5&state=dead"), new("GET", "/glue/v1/invocations/none"), new("POST", "/glue/v1/dead-letters/none/redrive"), new("GET", "/glue/v1/accounts"), new("GET", "/healthz"), new("GET", "/metrics"),
    ];
}
