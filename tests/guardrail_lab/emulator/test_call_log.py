from tests.guardrail_lab.arrange import deploy_function, zip_with_sdk

CALLS = """
import botocore.session
session = botocore.session.get_session()
def handler(event, context):
    session.create_client("bedrock-agentcore-control").list_agent_runtimes()
    sqs = session.create_client("sqs")
    try:
        sqs.get_queue_url(QueueName="nowhere")
    except sqs.exceptions.QueueDoesNotExist:
        pass
"""


def test_the_calls_of_functions_are_logged_and_nobody_elses(cloud, account):
    invoke = deploy_function(cloud, account, zip_with_sdk(CALLS), name="caller")
    cloud.forget_calls()
    cloud.client("bedrock-agentcore-control", account=account).list_agent_runtimes()

    invoke({})

    assert [(call.function, call.service, call.operation, call.status) for call in cloud.calls()] == [
        ("caller", "bedrock-agentcore-control", "ListAgentRuntimes", 200),
        ("caller", "sqs", "GetQueueUrl", 400),
    ]


def test_the_log_can_be_started_anew(cloud):
    cloud.forget_calls()

    assert cloud.calls() == ()
