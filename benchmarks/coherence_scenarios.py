"""Programs over 25 services, for ``coherence.py``: plain sequences of calls as an app would make them."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """One call.

    :param params: parameters; ``$name`` in a text is a value saved from an earlier answer.
    :param save: names for later steps, each with its JMESPath in the answer.
    :param before: whether it makes something that the program proper uses.
    :param fails: whether AWS refuses it.
    """

    service: str
    operation: str
    params: dict[str, Any] = field(default_factory=dict)
    save: dict[str, str] = field(default_factory=dict)
    before: bool = False
    fails: bool = False


def program(service: str, *lines: tuple[Any, ...]) -> list[Step]:
    """Steps from ``("+ [service.]Operation", params, save)``; ``+`` marks one that goes before, ``!`` one that fails."""
    steps = []
    for line in lines:
        name, params, save = (*line, {}, {})[:3]
        mark, _, call = name.rpartition(" ")
        owner, _, operation = call.rpartition(".")
        steps.append(Step(owner or service, operation, params, save, before="+" in mark, fails="!" in mark))
    return steps


def code() -> bytes:
    """A Lambda deployment package."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", "def handler(event, context):\n    return event\n")
    return archive.getvalue()


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)
LIFECYCLE = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1},
                "action": {"type": "expire"},
            }
        ]
    }
)
MACHINE = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
TABLE = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
REGIONAL = {"LocationConstraint": "eu-west-1"}

SCENARIOS: dict[str, list[Step]] = {
    "sqs": program(
        "sqs",
        ("+ CreateQueue", {"QueueName": "orders", "Attributes": {"VisibilityTimeout": "60"}}),
        ("GetQueueUrl", {"QueueName": "orders"}, {"url": "QueueUrl"}),
        ("SendMessage", {"QueueUrl": "$url", "MessageBody": "one"}),
        ("GetQueueAttributes", {"QueueUrl": "$url", "AttributeNames": ["All"]}, {"arn": "Attributes.QueueArn"}),
        ("SendMessage", {"QueueUrl": "$url", "MessageBody": "two"}),
        ("ReceiveMessage", {"QueueUrl": "$url", "MaxNumberOfMessages": 1}, {"handle": "Messages[0].ReceiptHandle"}),
        ("ChangeMessageVisibility", {"QueueUrl": "$url", "ReceiptHandle": "$handle", "VisibilityTimeout": 30}),
        ("DeleteMessage", {"QueueUrl": "$url", "ReceiptHandle": "$handle"}),
        ("TagQueue", {"QueueUrl": "$url", "Tags": {"team": "shop"}}),
        ("ListQueueTags", {"QueueUrl": "$url"}),
        ("SetQueueAttributes", {"QueueUrl": "$url", "Attributes": {"DelaySeconds": "1"}}),
        ("PurgeQueue", {"QueueUrl": "$url"}),
        ("DeleteQueue", {"QueueUrl": "$url"}),
        ("! GetQueueUrl", {"QueueName": "orders"}),
    ),
    "s3": program(
        "s3",
        ("+ CreateBucket", {"Bucket": "shop-files", "CreateBucketConfiguration": REGIONAL}),
        ("+ PutObject", {"Bucket": "shop-files", "Key": "in/readme.txt", "Body": b"hello"}),
        ("HeadBucket", {"Bucket": "shop-files"}),
        ("GetObject", {"Bucket": "shop-files", "Key": "in/readme.txt"}),
        ("PutObject", {"Bucket": "shop-files", "Key": "out/a.txt", "Body": b"a"}),
        ("ListObjectsV2", {"Bucket": "shop-files", "Prefix": "out/"}),
        ("HeadObject", {"Bucket": "shop-files", "Key": "out/a.txt"}, {"etag": "ETag"}),
        ("CopyObject", {"Bucket": "shop-files", "Key": "out/b.txt", "CopySource": "shop-files/out/a.txt"}),
        ("GetObjectTagging", {"Bucket": "shop-files", "Key": "out/b.txt"}),
        ("CreateMultipartUpload", {"Bucket": "shop-files", "Key": "big"}, {"upload": "UploadId"}),
        (
            "UploadPart",
            {"Bucket": "shop-files", "Key": "big", "UploadId": "$upload", "PartNumber": 1, "Body": b"x"},
            {"part": "ETag"},
        ),
        ("ListParts", {"Bucket": "shop-files", "Key": "big", "UploadId": "$upload"}),
        ("AbortMultipartUpload", {"Bucket": "shop-files", "Key": "big", "UploadId": "$upload"}),
        ("DeleteObject", {"Bucket": "shop-files", "Key": "out/a.txt"}),
        ("! GetObject", {"Bucket": "shop-files", "Key": "out/a.txt"}),
        ("GetObject", {"Bucket": "shop-files", "Key": "in/readme.txt"}),
    ),
    "dynamodb": program(
        "dynamodb",
        ("+ CreateTable", TABLE),
        ("+ PutItem", {"TableName": "orders", "Item": {"id": {"S": "0"}, "total": {"N": "5"}}}),
        ("DescribeTable", {"TableName": "orders"}, {"arn": "Table.TableArn"}),
        ("PutItem", {"TableName": "orders", "Item": {"id": {"S": "1"}, "total": {"N": "7"}}}),
        ("GetItem", {"TableName": "orders", "Key": {"id": {"S": "0"}}}),
        (
            "UpdateItem",
            {
                "TableName": "orders",
                "Key": {"id": {"S": "1"}},
                "UpdateExpression": "SET paid = :yes",
                "ConditionExpression": "attribute_exists(id)",
                "ExpressionAttributeValues": {":yes": {"BOOL": True}},
            },
        ),
        ("Scan", {"TableName": "orders"}),
        (
            "! PutItem",
            {"TableName": "orders", "Item": {"id": {"S": "1"}}, "ConditionExpression": "attribute_not_exists(id)"},
        ),
        ("TagResource", {"ResourceArn": "$arn", "Tags": [{"Key": "team", "Value": "shop"}]}),
        ("ListTagsOfResource", {"ResourceArn": "$arn"}),
        ("BatchGetItem", {"RequestItems": {"orders": {"Keys": [{"id": {"S": "0"}}]}}}),
        ("DeleteItem", {"TableName": "orders", "Key": {"id": {"S": "1"}}}),
        ("DeleteTable", {"TableName": "orders"}),
        ("! DescribeTable", {"TableName": "orders"}),
    ),
    "ec2": program(
        "ec2",
        ("+ CreateVpc", {"CidrBlock": "10.20.0.0/16"}, {"vpc": "Vpc.VpcId"}),
        ("+ CreateSubnet", {"VpcId": "$vpc", "CidrBlock": "10.20.1.0/24"}, {"subnet": "Subnet.SubnetId"}),
        ("DescribeVpcs", {"VpcIds": ["$vpc"]}),
        ("DescribeSubnets", {"SubnetIds": ["$subnet"]}),
        ("CreateSecurityGroup", {"VpcId": "$vpc", "GroupName": "web", "Description": "web"}, {"sg": "GroupId"}),
        ("DescribeSecurityGroups", {"GroupIds": ["$sg"]}),
        (
            "AuthorizeSecurityGroupIngress",
            {"GroupId": "$sg", "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"},
        ),
        (
            "RunInstances",
            {
                "ImageId": "ami-12c6146b",
                "MinCount": 1,
                "MaxCount": 1,
                "SubnetId": "$subnet",
                "SecurityGroupIds": ["$sg"],
            },
            {"instance": "Instances[0].InstanceId"},
        ),
        ("DescribeInstances", {"InstanceIds": ["$instance"]}),
        ("CreateTags", {"Resources": ["$instance"], "Tags": [{"Key": "team", "Value": "shop"}]}),
        ("StopInstances", {"InstanceIds": ["$instance"]}),
        ("CreateVolume", {"AvailabilityZone": "eu-west-1a", "Size": 1}, {"volume": "VolumeId"}),
        ("DescribeVolumes", {"VolumeIds": ["$volume"]}),
        ("CreateRouteTable", {"VpcId": "$vpc"}, {"table": "RouteTable.RouteTableId"}),
        ("AssociateRouteTable", {"RouteTableId": "$table", "SubnetId": "$subnet"}),
        ("TerminateInstances", {"InstanceIds": ["$instance"]}),
        ("DeleteVolume", {"VolumeId": "$volume"}),
        ("! DescribeVolumes", {"VolumeIds": ["$volume"]}),
    ),
    "iam": program(
        "iam",
        ("+ CreateRole", {"RoleName": "worker", "AssumeRolePolicyDocument": TRUST}),
        ("GetRole", {"RoleName": "worker"}, {"role": "Role.Arn"}),
        ("CreatePolicy", {"PolicyName": "read", "PolicyDocument": POLICY}, {"policy": "Policy.Arn"}),
        ("AttachRolePolicy", {"RoleName": "worker", "PolicyArn": "$policy"}),
        ("ListAttachedRolePolicies", {"RoleName": "worker"}),
        ("PutRolePolicy", {"RoleName": "worker", "PolicyName": "inline", "PolicyDocument": POLICY}),
        ("GetRolePolicy", {"RoleName": "worker", "PolicyName": "inline"}),
        ("CreateUser", {"UserName": "ann"}),
        ("CreateAccessKey", {"UserName": "ann"}, {"key": "AccessKey.AccessKeyId"}),
        ("ListAccessKeys", {"UserName": "ann"}),
        ("DeleteAccessKey", {"UserName": "ann", "AccessKeyId": "$key"}),
        ("DetachRolePolicy", {"RoleName": "worker", "PolicyArn": "$policy"}),
        ("DeletePolicy", {"PolicyArn": "$policy"}),
        ("! GetPolicy", {"PolicyArn": "$policy"}),
    ),
    "lambda": program(
        "lambda",
        ("+ iam.CreateRole", {"RoleName": "runner", "AssumeRolePolicyDocument": TRUST}, {"role": "Role.Arn"}),
        (
            "+ CreateFunction",
            {
                "FunctionName": "resize",
                "Role": "$role",
                "Runtime": "python3.11",
                "Handler": "app.handler",
                "Code": {"ZipFile": code()},
            },
        ),
        ("GetFunction", {"FunctionName": "resize"}, {"arn": "Configuration.FunctionArn"}),
        ("UpdateFunctionConfiguration", {"FunctionName": "resize", "Timeout": 20}),
        ("GetFunctionConfiguration", {"FunctionName": "resize"}),
        ("PublishVersion", {"FunctionName": "resize"}, {"version": "Version"}),
        ("CreateAlias", {"FunctionName": "resize", "Name": "live", "FunctionVersion": "$version"}),
        ("GetAlias", {"FunctionName": "resize", "Name": "live"}),
        (
            "AddPermission",
            {
                "FunctionName": "resize",
                "StatementId": "s3",
                "Action": "lambda:InvokeFunction",
                "Principal": "s3.amazonaws.com",
            },
        ),
        ("GetPolicy", {"FunctionName": "resize"}),
        ("TagResource", {"Resource": "$arn", "Tags": {"team": "shop"}}),
        ("ListTags", {"Resource": "$arn"}),
        ("DeleteFunction", {"FunctionName": "resize"}),
        ("! GetFunction", {"FunctionName": "resize"}),
    ),
    "sns": program(
        "sns",
        ("+ CreateTopic", {"Name": "news"}, {"topic": "TopicArn"}),
        ("+ sqs.CreateQueue", {"QueueName": "inbox"}, {"queue": "QueueUrl"}),
        ("GetTopicAttributes", {"TopicArn": "$topic"}),
        (
            "Subscribe",
            {
                "TopicArn": "$topic",
                "Protocol": "sqs",
                "Endpoint": "arn:aws:sqs:eu-west-1:$account:inbox",
                "ReturnSubscriptionArn": True,
            },
            {"subscription": "SubscriptionArn"},
        ),
        ("ListSubscriptionsByTopic", {"TopicArn": "$topic"}),
        ("Publish", {"TopicArn": "$topic", "Message": "hello"}),
        (
            "SetSubscriptionAttributes",
            {"SubscriptionArn": "$subscription", "AttributeName": "RawMessageDelivery", "AttributeValue": "true"},
        ),
        ("GetSubscriptionAttributes", {"SubscriptionArn": "$subscription"}),
        ("sqs.ReceiveMessage", {"QueueUrl": "$queue"}),
        ("TagResource", {"ResourceArn": "$topic", "Tags": [{"Key": "team", "Value": "shop"}]}),
        ("Unsubscribe", {"SubscriptionArn": "$subscription"}),
        ("! GetSubscriptionAttributes", {"SubscriptionArn": "$subscription"}),
        ("DeleteTopic", {"TopicArn": "$topic"}),
    ),
    "kms": program(
        "kms",
        ("+ CreateKey", {"Description": "shop"}, {"key": "KeyMetadata.KeyId"}),
        ("DescribeKey", {"KeyId": "$key"}, {"arn": "KeyMetadata.Arn"}),
        ("CreateAlias", {"AliasName": "alias/shop", "TargetKeyId": "$key"}),
        ("Encrypt", {"KeyId": "$key", "Plaintext": b"secret"}),
        ("GenerateDataKey", {"KeyId": "$key", "KeySpec": "AES_256"}),
        ("DescribeKey", {"KeyId": "alias/shop"}),
        ("EnableKeyRotation", {"KeyId": "$key"}),
        ("GetKeyRotationStatus", {"KeyId": "$key"}),
        ("TagResource", {"KeyId": "$key", "Tags": [{"TagKey": "team", "TagValue": "shop"}]}),
        ("ListResourceTags", {"KeyId": "$key"}),
        ("DisableKey", {"KeyId": "$key"}),
        ("! Encrypt", {"KeyId": "$key", "Plaintext": b"secret"}),
        ("ScheduleKeyDeletion", {"KeyId": "$key", "PendingWindowInDays": 7}),
    ),
    "secretsmanager": program(
        "secretsmanager",
        ("+ CreateSecret", {"Name": "db/main", "SecretString": "{}"}, {"arn": "ARN"}),
        ("GetSecretValue", {"SecretId": "db/main"}, {"version": "VersionId"}),
        ("DescribeSecret", {"SecretId": "$arn"}),
        ("PutSecretValue", {"SecretId": "db/main", "SecretString": "two"}),
        ("GetSecretValue", {"SecretId": "$arn"}),
        ("ListSecretVersionIds", {"SecretId": "db/main"}),
        ("TagResource", {"SecretId": "$arn", "Tags": [{"Key": "team", "Value": "shop"}]}),
        ("UpdateSecret", {"SecretId": "db/main", "Description": "main"}),
        ("DeleteSecret", {"SecretId": "db/main", "RecoveryWindowInDays": 7}),
        ("! GetSecretValue", {"SecretId": "db/main"}),
        ("RestoreSecret", {"SecretId": "$arn"}),
        ("GetSecretValue", {"SecretId": "db/main"}),
    ),
    "ssm": program(
        "ssm",
        ("+ PutParameter", {"Name": "/shop/url", "Value": "http://shop", "Type": "String"}),
        ("GetParameter", {"Name": "/shop/url"}),
        ("PutParameter", {"Name": "/shop/size", "Value": "5", "Type": "String"}),
        ("GetParametersByPath", {"Path": "/shop"}),
        ("PutParameter", {"Name": "/shop/url", "Value": "http://other", "Type": "String", "Overwrite": True}),
        ("GetParameterHistory", {"Name": "/shop/url"}),
        (
            "AddTagsToResource",
            {"ResourceType": "Parameter", "ResourceId": "/shop/url", "Tags": [{"Key": "a", "Value": "b"}]},
        ),
        ("ListTagsForResource", {"ResourceType": "Parameter", "ResourceId": "/shop/url"}),
        ("! PutParameter", {"Name": "/shop/size", "Value": "6", "Type": "String"}),
        ("GetParameters", {"Names": ["/shop/url", "/shop/size"]}),
        ("DeleteParameter", {"Name": "/shop/size"}),
        ("! GetParameter", {"Name": "/shop/size"}),
    ),
    "transcribe": program(
        "transcribe",
        (
            "+ StartTranscriptionJob",
            {"TranscriptionJobName": "older", "LanguageCode": "en-US", "Media": {"MediaFileUri": "s3://media/old.wav"}},
        ),
        ("GetTranscriptionJob", {"TranscriptionJobName": "older"}),
        (
            "StartTranscriptionJob",
            {"TranscriptionJobName": "job", "LanguageCode": "en-US", "Media": {"MediaFileUri": "s3://media/a.wav"}},
        ),
        ("GetTranscriptionJob", {"TranscriptionJobName": "job"}),
        ("GetTranscriptionJob", {"TranscriptionJobName": "job"}),
        ("ListTranscriptionJobs", {}),
        ("GetTranscriptionJob", {"TranscriptionJobName": "job"}),
        ("CreateVocabulary", {"VocabularyName": "words", "LanguageCode": "en-US", "Phrases": ["shop"]}),
        ("GetVocabulary", {"VocabularyName": "words"}),
        ("DeleteVocabulary", {"VocabularyName": "words"}),
        ("! GetVocabulary", {"VocabularyName": "words"}),
        ("DeleteTranscriptionJob", {"TranscriptionJobName": "job"}),
        ("! GetTranscriptionJob", {"TranscriptionJobName": "job"}),
        ("GetTranscriptionJob", {"TranscriptionJobName": "older"}),
    ),
    "stepfunctions": program(
        "stepfunctions",
        ("+ iam.CreateRole", {"RoleName": "flow", "AssumeRolePolicyDocument": TRUST}, {"role": "Role.Arn"}),
        (
            "+ CreateStateMachine",
            {"name": "flow", "definition": MACHINE, "roleArn": "$role"},
            {"machine": "stateMachineArn"},
        ),
        ("DescribeStateMachine", {"stateMachineArn": "$machine"}),
        ("StartExecution", {"stateMachineArn": "$machine", "input": "{}"}, {"execution": "executionArn"}),
        ("DescribeExecution", {"executionArn": "$execution"}),
        ("ListExecutions", {"stateMachineArn": "$machine"}),
        ("TagResource", {"resourceArn": "$machine", "tags": [{"key": "team", "value": "shop"}]}),
        ("ListTagsForResource", {"resourceArn": "$machine"}),
        ("StopExecution", {"executionArn": "$execution"}),
        ("GetExecutionHistory", {"executionArn": "$execution"}),
        ("UpdateStateMachine", {"stateMachineArn": "$machine", "definition": MACHINE}),
        ("DeleteStateMachine", {"stateMachineArn": "$machine"}),
        ("! DescribeStateMachine", {"stateMachineArn": "$machine"}),
    ),
    "kinesis": program(
        "kinesis",
        ("+ CreateStream", {"StreamName": "clicks", "ShardCount": 1}),
        ("DescribeStreamSummary", {"StreamName": "clicks"}, {"arn": "StreamDescriptionSummary.StreamARN"}),
        ("ListShards", {"StreamName": "clicks"}, {"shard": "Shards[0].ShardId"}),
        ("PutRecord", {"StreamName": "clicks", "Data": b"1", "PartitionKey": "a"}, {"number": "SequenceNumber"}),
        (
            "GetShardIterator",
            {"StreamName": "clicks", "ShardId": "$shard", "ShardIteratorType": "TRIM_HORIZON"},
            {"iterator": "ShardIterator"},
        ),
        ("GetRecords", {"ShardIterator": "$iterator"}),
        ("PutRecords", {"StreamName": "clicks", "Records": [{"Data": b"2", "PartitionKey": "b"}]}),
        ("AddTagsToStream", {"StreamName": "clicks", "Tags": {"team": "shop"}}),
        ("ListTagsForStream", {"StreamName": "clicks"}),
        (
            "RegisterStreamConsumer",
            {"StreamARN": "$arn", "ConsumerName": "reader"},
            {"consumer": "Consumer.ConsumerARN"},
        ),
        ("DescribeStreamConsumer", {"ConsumerARN": "$consumer"}),
        ("DeleteStream", {"StreamName": "clicks", "EnforceConsumerDeletion": True}),
        ("! DescribeStreamSummary", {"StreamName": "clicks"}),
    ),
    "logs": program(
        "logs",
        ("+ CreateLogGroup", {"logGroupName": "/app"}),
        ("+ CreateLogStream", {"logGroupName": "/app", "logStreamName": "web"}),
        ("DescribeLogGroups", {"logGroupNamePrefix": "/app"}),
        (
            "PutLogEvents",
            {
                "logGroupName": "/app",
                "logStreamName": "web",
                "logEvents": [{"timestamp": 1795000000000, "message": "hi"}],
            },
        ),
        ("DescribeLogStreams", {"logGroupName": "/app"}),
        ("CreateLogStream", {"logGroupName": "/app", "logStreamName": "worker"}),
        ("GetLogEvents", {"logGroupName": "/app", "logStreamName": "web"}),
        ("PutRetentionPolicy", {"logGroupName": "/app", "retentionInDays": 7}),
        ("FilterLogEvents", {"logGroupName": "/app"}),
        (
            "PutMetricFilter",
            {
                "logGroupName": "/app",
                "filterName": "errors",
                "filterPattern": "ERROR",
                "metricTransformations": [{"metricName": "errors", "metricNamespace": "app", "metricValue": "1"}],
            },
        ),
        ("DescribeMetricFilters", {"logGroupName": "/app"}),
        ("DeleteLogStream", {"logGroupName": "/app", "logStreamName": "worker"}),
        ("! GetLogEvents", {"logGroupName": "/app", "logStreamName": "worker"}),
        ("DeleteLogGroup", {"logGroupName": "/app"}),
    ),
    "events": program(
        "events",
        ("+ CreateEventBus", {"Name": "shop"}),
        ("+ PutRule", {"Name": "orders", "EventBusName": "shop", "EventPattern": '{"source": ["shop"]}'}),
        ("DescribeEventBus", {"Name": "shop"}),
        ("DescribeRule", {"Name": "orders", "EventBusName": "shop"}, {"arn": "Arn"}),
        (
            "PutTargets",
            {
                "Rule": "orders",
                "EventBusName": "shop",
                "Targets": [{"Id": "1", "Arn": "arn:aws:sqs:eu-west-1:$account:inbox"}],
            },
        ),
        ("ListTargetsByRule", {"Rule": "orders", "EventBusName": "shop"}),
        ("PutEvents", {"Entries": [{"Source": "shop", "DetailType": "order", "Detail": "{}", "EventBusName": "shop"}]}),
        ("DisableRule", {"Name": "orders", "EventBusName": "shop"}),
        ("ListRules", {"EventBusName": "shop"}),
        ("TagResource", {"ResourceARN": "$arn", "Tags": [{"Key": "team", "Value": "shop"}]}),
        ("RemoveTargets", {"Rule": "orders", "EventBusName": "shop", "Ids": ["1"]}),
        ("DeleteRule", {"Name": "orders", "EventBusName": "shop"}),
        ("! DescribeRule", {"Name": "orders", "EventBusName": "shop"}),
    ),
    "ecr": program(
        "ecr",
        ("+ CreateRepository", {"repositoryName": "shop/web"}, {"arn": "repository.repositoryArn"}),
        ("DescribeRepositories", {"repositoryNames": ["shop/web"]}),
        ("ListImages", {"repositoryName": "shop/web"}),
        (
            "PutLifecyclePolicy",
            {
                "repositoryName": "shop/web",
                "lifecyclePolicyText": LIFECYCLE,
            },
        ),
        ("GetLifecyclePolicy", {"repositoryName": "shop/web"}),
        ("PutImageTagMutability", {"repositoryName": "shop/web", "imageTagMutability": "IMMUTABLE"}),
        ("TagResource", {"resourceArn": "$arn", "tags": [{"Key": "team", "Value": "shop"}]}),
        ("ListTagsForResource", {"resourceArn": "$arn"}),
        ("DeleteLifecyclePolicy", {"repositoryName": "shop/web"}),
        ("! GetLifecyclePolicy", {"repositoryName": "shop/web"}),
        ("DeleteRepository", {"repositoryName": "shop/web"}),
        ("! DescribeRepositories", {"repositoryNames": ["shop/web"]}),
    ),
    "ecs": program(
        "ecs",
        ("+ CreateCluster", {"clusterName": "shop"}),
        (
            "+ RegisterTaskDefinition",
            {"family": "web", "containerDefinitions": [{"name": "web", "image": "nginx", "memory": 128, "cpu": 1}]},
            {"task": "taskDefinition.taskDefinitionArn"},
        ),
        ("DescribeClusters", {"clusters": ["shop"]}),
        ("DescribeTaskDefinition", {"taskDefinition": "web"}),
        (
            "CreateService",
            {"cluster": "shop", "serviceName": "web", "taskDefinition": "web", "desiredCount": 1},
            {"arn": "service.serviceArn"},
        ),
        ("DescribeServices", {"cluster": "shop", "services": ["web"]}),
        ("UpdateService", {"cluster": "shop", "service": "web", "desiredCount": 2}),
        ("ListServices", {"cluster": "shop"}),
        ("TagResource", {"resourceArn": "$arn", "tags": [{"key": "team", "value": "shop"}]}),
        ("ListTagsForResource", {"resourceArn": "$arn"}),
        ("DeleteService", {"cluster": "shop", "service": "web", "force": True}),
        ("DeregisterTaskDefinition", {"taskDefinition": "$task"}),
        ("DeleteCluster", {"cluster": "shop"}),
    ),
    "rds": program(
        "rds",
        (
            "+ CreateDBInstance",
            {
                "DBInstanceIdentifier": "shop",
                "DBInstanceClass": "db.t3.micro",
                "Engine": "postgres",
                "AllocatedStorage": 20,
                "MasterUsername": "root",
                "MasterUserPassword": "not-a-password",
            },
            {"arn": "DBInstance.DBInstanceArn"},
        ),
        ("DescribeDBInstances", {"DBInstanceIdentifier": "shop"}),
        ("ModifyDBInstance", {"DBInstanceIdentifier": "shop", "AllocatedStorage": 30, "ApplyImmediately": True}),
        ("CreateDBSnapshot", {"DBInstanceIdentifier": "shop", "DBSnapshotIdentifier": "shop-1"}),
        ("DescribeDBSnapshots", {"DBSnapshotIdentifier": "shop-1"}),
        ("AddTagsToResource", {"ResourceName": "$arn", "Tags": [{"Key": "team", "Value": "shop"}]}),
        ("ListTagsForResource", {"ResourceName": "$arn"}),
        ("StopDBInstance", {"DBInstanceIdentifier": "shop"}),
        ("DescribeDBInstances", {"DBInstanceIdentifier": "shop"}),
        ("StartDBInstance", {"DBInstanceIdentifier": "shop"}),
        ("DeleteDBSnapshot", {"DBSnapshotIdentifier": "shop-1"}),
        ("DeleteDBInstance", {"DBInstanceIdentifier": "shop", "SkipFinalSnapshot": True}),
        ("! DescribeDBInstances", {"DBInstanceIdentifier": "shop"}),
    ),
    "cognito-idp": program(
        "cognito-idp",
        ("+ CreateUserPool", {"PoolName": "shop"}, {"pool": "UserPool.Id"}),
        ("+ CreateUserPoolClient", {"UserPoolId": "$pool", "ClientName": "web"}, {"client": "UserPoolClient.ClientId"}),
        ("DescribeUserPool", {"UserPoolId": "$pool"}),
        ("DescribeUserPoolClient", {"UserPoolId": "$pool", "ClientId": "$client"}),
        ("AdminCreateUser", {"UserPoolId": "$pool", "Username": "ann"}),
        ("AdminGetUser", {"UserPoolId": "$pool", "Username": "ann"}),
        ("CreateGroup", {"UserPoolId": "$pool", "GroupName": "staff"}),
        ("AdminAddUserToGroup", {"UserPoolId": "$pool", "Username": "ann", "GroupName": "staff"}),
        ("ListUsersInGroup", {"UserPoolId": "$pool", "GroupName": "staff"}),
        (
            "AdminSetUserPassword",
            {"UserPoolId": "$pool", "Username": "ann", "Password": "Not-a-passw0rd", "Permanent": True},
        ),
        ("AdminDisableUser", {"UserPoolId": "$pool", "Username": "ann"}),
        ("AdminDeleteUser", {"UserPoolId": "$pool", "Username": "ann"}),
        ("! AdminGetUser", {"UserPoolId": "$pool", "Username": "ann"}),
        ("DeleteUserPool", {"UserPoolId": "$pool"}),
    ),
    "route53": program(
        "route53",
        ("+ CreateHostedZone", {"Name": "shop.example.", "CallerReference": "1"}, {"zone": "HostedZone.Id"}),
        ("GetHostedZone", {"Id": "$zone"}),
        (
            "ChangeResourceRecordSets",
            {
                "HostedZoneId": "$zone",
                "ChangeBatch": {
                    "Changes": [
                        {
                            "Action": "CREATE",
                            "ResourceRecordSet": {
                                "Name": "www.shop.example.",
                                "Type": "A",
                                "TTL": 60,
                                "ResourceRecords": [{"Value": "192.0.2.1"}],
                            },
                        }
                    ]
                },
            },
            {"change": "ChangeInfo.Id"},
        ),
        ("ListResourceRecordSets", {"HostedZoneId": "$zone"}),
        ("GetChange", {"Id": "$change"}),
        ("UpdateHostedZoneComment", {"Id": "$zone", "Comment": "shop"}),
        ("GetHostedZone", {"Id": "$zone"}),
        ("ListHostedZonesByName", {"DNSName": "shop.example."}),
    ),
    "glue": program(
        "glue",
        ("+ CreateDatabase", {"DatabaseInput": {"Name": "lake"}}),
        ("GetDatabase", {"Name": "lake"}),
        (
            "CreateTable",
            {
                "DatabaseName": "lake",
                "TableInput": {"Name": "orders", "StorageDescriptor": {"Columns": [{"Name": "id", "Type": "string"}]}},
            },
        ),
        ("GetTable", {"DatabaseName": "lake", "Name": "orders"}),
        ("GetTables", {"DatabaseName": "lake"}),
        ("UpdateTable", {"DatabaseName": "lake", "TableInput": {"Name": "orders", "Description": "all"}}),
        ("CreatePartition", {"DatabaseName": "lake", "TableName": "orders", "PartitionInput": {"Values": ["2026"]}}),
        ("GetPartitions", {"DatabaseName": "lake", "TableName": "orders"}),
        (
            "CreateJob",
            {
                "Name": "load",
                "Role": "arn:aws:iam::$account:role/glue",
                "Command": {"Name": "glueetl", "ScriptLocation": "s3://a/b"},
            },
        ),
        ("StartJobRun", {"JobName": "load"}, {"run": "JobRunId"}),
        ("GetJobRun", {"JobName": "load", "RunId": "$run"}),
        ("DeleteTable", {"DatabaseName": "lake", "Name": "orders"}),
        ("! GetTable", {"DatabaseName": "lake", "Name": "orders"}),
        ("DeleteDatabase", {"Name": "lake"}),
    ),
    "apigateway": program(
        "apigateway",
        ("+ CreateRestApi", {"name": "shop"}, {"api": "id"}),
        ("GetRestApi", {"restApiId": "$api"}),
        ("GetResources", {"restApiId": "$api"}, {"root": "items[0].id"}),
        ("CreateResource", {"restApiId": "$api", "parentId": "$root", "pathPart": "orders"}, {"orders": "id"}),
        ("PutMethod", {"restApiId": "$api", "resourceId": "$orders", "httpMethod": "GET", "authorizationType": "NONE"}),
        ("GetMethod", {"restApiId": "$api", "resourceId": "$orders", "httpMethod": "GET"}),
        (
            "PutIntegration",
            {
                "restApiId": "$api",
                "resourceId": "$orders",
                "httpMethod": "GET",
                "type": "MOCK",
                "integrationHttpMethod": "GET",
            },
        ),
        ("CreateDeployment", {"restApiId": "$api", "stageName": "live"}, {"deployment": "id"}),
        ("GetStage", {"restApiId": "$api", "stageName": "live"}),
        ("GetDeployment", {"restApiId": "$api", "deploymentId": "$deployment"}),
        ("CreateApiKey", {"name": "ann", "enabled": True}, {"key": "id"}),
        ("GetApiKey", {"apiKey": "$key"}),
        ("DeleteApiKey", {"apiKey": "$key"}),
        ("! GetApiKey", {"apiKey": "$key"}),
    ),
    "cloudformation": program(
        "cloudformation",
        (
            "+ CreateStack",
            {
                "StackName": "shop",
                "TemplateBody": '{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "stacked"}}}}',
            },
            {"stack": "StackId"},
        ),
        ("DescribeStacks", {"StackName": "shop"}),
        ("ListStackResources", {"StackName": "shop"}),
        ("GetTemplate", {"StackName": "shop"}),
        ("DescribeStackEvents", {"StackName": "shop"}),
        (
            "UpdateStack",
            {
                "StackName": "shop",
                "TemplateBody": '{"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "stacked"}}}}',
            },
        ),
        ("DescribeStackResource", {"StackName": "shop", "LogicalResourceId": "T"}),
        ("DescribeStacks", {"StackName": "$stack"}),
        ("DeleteStack", {"StackName": "shop"}),
        ("! DescribeStacks", {"StackName": "shop"}),
    ),
    "cloudwatch": program(
        "cloudwatch",
        (
            "+ PutMetricAlarm",
            {
                "AlarmName": "high",
                "MetricName": "cpu",
                "Namespace": "app",
                "Statistic": "Average",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 5.0,
                "ComparisonOperator": "GreaterThanThreshold",
            },
        ),
        ("DescribeAlarms", {"AlarmNames": ["high"]}, {"arn": "MetricAlarms[0].AlarmArn"}),
        ("PutMetricData", {"Namespace": "app", "MetricData": [{"MetricName": "cpu", "Value": 1.0}]}),
        ("ListMetrics", {"Namespace": "app"}),
        ("SetAlarmState", {"AlarmName": "high", "StateValue": "ALARM", "StateReason": "test"}),
        ("TagResource", {"ResourceARN": "$arn", "Tags": [{"Key": "team", "Value": "shop"}]}),
        ("ListTagsForResource", {"ResourceARN": "$arn"}),
        ("PutDashboard", {"DashboardName": "main", "DashboardBody": '{"widgets": []}'}),
        ("GetDashboard", {"DashboardName": "main"}),
        ("DeleteDashboards", {"DashboardNames": ["main"]}),
        ("! GetDashboard", {"DashboardName": "main"}),
        ("DeleteAlarms", {"AlarmNames": ["high"]}),
    ),
    "elbv2": program(
        "elbv2",
        ("+ ec2.CreateVpc", {"CidrBlock": "10.30.0.0/16"}, {"vpc": "Vpc.VpcId"}),
        (
            "+ ec2.CreateSubnet",
            {"VpcId": "$vpc", "CidrBlock": "10.30.1.0/24", "AvailabilityZone": "eu-west-1a"},
            {"one": "Subnet.SubnetId"},
        ),
        (
            "+ ec2.CreateSubnet",
            {"VpcId": "$vpc", "CidrBlock": "10.30.2.0/24", "AvailabilityZone": "eu-west-1b"},
            {"two": "Subnet.SubnetId"},
        ),
        ("ec2.DescribeSubnets", {"SubnetIds": ["$one", "$two"]}),
        (
            "CreateLoadBalancer",
            {"Name": "web", "Subnets": ["$one", "$two"]},
            {"balancer": "LoadBalancers[0].LoadBalancerArn"},
        ),
        ("DescribeLoadBalancers", {"LoadBalancerArns": ["$balancer"]}),
        (
            "CreateTargetGroup",
            {"Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": "$vpc"},
            {"group": "TargetGroups[0].TargetGroupArn"},
        ),
        ("DescribeTargetGroups", {"TargetGroupArns": ["$group"]}),
        (
            "CreateListener",
            {
                "LoadBalancerArn": "$balancer",
                "Protocol": "HTTP",
                "Port": 80,
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": "$group"}],
            },
            {"listener": "Listeners[0].ListenerArn"},
        ),
        ("DescribeListeners", {"LoadBalancerArn": "$balancer"}),
        ("DescribeRules", {"ListenerArn": "$listener"}),
        ("DeleteListener", {"ListenerArn": "$listener"}),
        ("DeleteLoadBalancer", {"LoadBalancerArn": "$balancer"}),
        ("! DescribeLoadBalancers", {"LoadBalancerArns": ["$balancer"]}),
    ),
    "athena": program(
        "athena",
        (
            "+ CreateWorkGroup",
            {"Name": "team", "Configuration": {"ResultConfiguration": {"OutputLocation": "s3://a/b"}}},
        ),
        ("GetWorkGroup", {"WorkGroup": "team"}),
        ("StartQueryExecution", {"QueryString": "SELECT 1", "WorkGroup": "team"}, {"query": "QueryExecutionId"}),
        ("GetQueryExecution", {"QueryExecutionId": "$query"}),
        ("GetQueryResults", {"QueryExecutionId": "$query"}),
        (
            "CreateNamedQuery",
            {"Name": "one", "Database": "lake", "QueryString": "SELECT 1", "WorkGroup": "team"},
            {"named": "NamedQueryId"},
        ),
        ("GetNamedQuery", {"NamedQueryId": "$named"}),
        ("ListNamedQueries", {"WorkGroup": "team"}),
        ("CreateDataCatalog", {"Name": "hive", "Type": "HIVE"}),
        ("GetDataCatalog", {"Name": "hive"}),
        ("DeleteWorkGroup", {"WorkGroup": "team", "RecursiveDeleteOption": True}),
    ),
}
