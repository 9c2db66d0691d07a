"""What the guardrail says about itself: something failed, or it went quiet."""

from aws_cdk import aws_cloudwatch, aws_cloudwatch_actions, aws_sns
from constructs import Construct


class Alarms(Construct):
    """Alarms that publish to one topic, both when something breaks and when it is well again."""

    def __init__(self, scope: Construct, construct_id: str, *, topic: aws_sns.ITopic) -> None:
        super().__init__(scope, construct_id)
        self._action = aws_cloudwatch_actions.SnsAction(topic)

    def above(self, construct_id: str, metric: aws_cloudwatch.IMetric, *, limit: float, meaning: str) -> None:
        """Alarm while the metric is above the limit; no data is fine."""
        self._alarm(
            construct_id,
            metric=metric,
            threshold=limit,
            comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=meaning,
        )

    def silent(self, construct_id: str, metric: aws_cloudwatch.IMetric, *, meaning: str) -> None:
        """Alarm when a metric that counts something regular shows nothing."""
        self._alarm(
            construct_id,
            metric=metric,
            threshold=1,
            comparison_operator=aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=aws_cloudwatch.TreatMissingData.BREACHING,
            alarm_description=meaning,
        )

    def _alarm(self, construct_id: str, **properties: object) -> None:
        alarm = aws_cloudwatch.Alarm(self, construct_id, evaluation_periods=1, **properties)  # type: ignore[arg-type]
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)
