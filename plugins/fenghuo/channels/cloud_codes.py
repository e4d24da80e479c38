"""The error codes of Aliyun's and Tencent's SMS, and what they ask of us.

Sources: https://help.aliyun.com/zh/sms/developer-reference/api-error-codes,
…/delivery-receipt-error-codes and https://cloud.tencent.com/document/product/382/55981 (as of
2024-11). A code that stands here under its first part alone (``AuthFailure``) stands for all
that begin so; an unknown one is tried once more and then given up for the next channel.
"""

from __future__ import annotations

from collections.abc import Mapping

from fenghuo.channels.base import Ambiguous, Rejected

DOUBT = "doubt"
"""The provider failed within: whether it took the text must be asked."""


def table(**classes: str) -> dict[str, str]:
    """Code -> class, of codes by their class, blanks between them."""
    return {code: name for name, codes in classes.items() for code in codes.split()}


ALIYUN = table(
    address="isv.MOBILE_NUMBER_ILLEGAL INVALID_NUMBER",
    opted_out="isv.BLACK_KEY_CONTROL_LIMIT isv.CUSTOMER_REFUSED MOBILE_IN_BLACK USER_REJECT",
    content="isv.SMS_TEMPLATE_ILLEGAL isv.TEMPLATE_MISSING_PARAMETERS isv.TEMPLATE_PARAMS_ILLEGAL "
            "isv.INVALID_JSON_PARAM isv.PARAM_LENGTH_LIMIT isv.PARAM_NOT_SUPPORT_URL "
            "isv.SMS_CONTENT_ILLEGAL isv.UNSUPPORTED_CONTENT "
            "isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE isv.DOMESTIC_NUMBER_NOT_SUPPORTED "
            "CONTENT_KEYWORD CONTENT_ERROR",
    setup="isv.SMS_SIGNATURE_ILLEGAL isv.SMS_SIGN_ILLEGAL isv.SIGN_NAME_ILLEGAL "
          "isv.SIGN_STATE_ILLEGAL isv.SIGN_SOURCE_ILLEGAL isv.SMS_SIGNATURE_SCENE_ILLEGAL "
          "isv.AMOUNT_NOT_ENOUGH isv.OUT_OF_SERVICE isv.PRODUCT_UN_SUBSCRIPT "
          "isv.PRODUCT_UNSUBSCRIBE isv.ACCOUNT_NOT_EXISTS isv.ACCOUNT_ABNORMAL isv.DENY_IP_RANGE "
          "isv.DAY_LIMIT_CONTROL isv.MONTH_LIMIT_CONTROL isv.INVALID_PARAMETERS "
          "isp.RAM_PERMISSION_DENY PORT_NOT_REGISTERED SignatureDoesNotMatch InvalidAccessKeyId "
          "MissingAccessKeyId Forbidden InvalidTimeStamp SignatureNonceUsed InvalidVersion "
          "InvalidAction IncompleteSignature NoPermission",
    busy="isv.BUSINESS_LIMIT_CONTROL Throttling MOBILE_SEND_LIMIT",
    handset="MOBILE_NOT_ON_SERVICE IS_CLOSE NO_ROUTE",
    doubt="isp.SYSTEM_ERROR isp.GATEWAY_ERROR InternalError ServiceUnavailable")

TENCENT = table(
    address="InvalidParameterValue.IncorrectPhoneNumber FailedOperation.PhoneNumberParseFail",
    opted_out="FailedOperation.PhoneNumberInBlacklist",
    content="FailedOperation.ContainSensitiveWord FailedOperation.TemplateIncorrectOrUnapproved "
            "FailedOperation.TemplateUnapprovedOrNotExist "
            "FailedOperation.TemplateParamSetNotMatchApprovedTemplate "
            "FailedOperation.MarketingSendTimeConstraint InvalidParameter.DirtyWordFound "
            "InvalidParameterValue.ContentLengthLimit "
            "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter "
            "InvalidParameterValue.TemplateParameterFormatError "
            "InvalidParameterValue.TemplateParameterLengthLimit "
            "UnsupportedOperation.GlobalTemplateToChineseMainlandPhone "
            "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone "
            "UnsupportedOperation.UnsupportedRegion",
    setup="AuthFailure UnauthorizedOperation FailedOperation.SignatureIncorrectOrUnapproved "
          "FailedOperation.InsufficientBalanceInSmsPackage FailedOperation.MissingSignature "
          "FailedOperation.ProhibitSubAccountUse InvalidParameterValue.SdkAppIdNotExist "
          "InternalError.SigVerificationFail InternalError.SigFieldMissing "
          "InternalError.RequestTimeException InternalError.RestApiInterfaceNotExist "
          "LimitExceeded.AppDailyLimit LimitExceeded.AppMainlandChinaDailyLimit IpInBlacklist "
          "IpNotInWhitelist InvalidAction NoSuchVersion NoSuchProduct",
    busy="LimitExceeded RequestLimitExceeded",
    doubt="InternalError ServiceUnavailable")

_PERMANENT = ("address", "opted_out", "content")
_ONCE = ("handset", "unknown")


def outcome(classes: Mapping[str, str], code: str, http_status: int) -> Rejected | Ambiguous:
    """What an error says; ``code`` is the provider's word, empty where it gave none."""
    said = f"HTTP {http_status} code {code[:60] or 'none'}"
    found = classes.get(code) or classes.get(code.partition(".")[0])
    if found == DOUBT or (found is None and not code):
        return Ambiguous(said)
    if found is None:
        found = {401: "setup", 403: "setup", 429: "busy"}.get(http_status, "unknown")
    return Rejected(found, found in _PERMANENT, said, retries=1 if found in _ONCE else None)
