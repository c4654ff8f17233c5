//! What the login page says instead of a login.

use super::*;

#[test]
fn each_answer_of_the_login_page_is_told() {
    let back = |error, description| Answered::Back { error, description };
    for (answered, step, cause) in [
        (back("access_denied", ""), Step::Authorize, "was cancelled"),
        (
            back("invalid_request", "invalid_scope"),
            Step::Authorize,
            "A scope is not allowed",
        ),
        (
            back("invalid_scope", ""),
            Step::Authorize,
            "A scope is not allowed",
        ),
        (
            back("unauthorized_client", ""),
            Step::Authorize,
            "grant is not enabled",
        ),
        (
            back("server_error", ""),
            Step::Authorize,
            "failed at its side",
        ),
        (back("login_required", ""), Step::Authorize, "wanted to ask"),
        (
            back("invalid_request", "x"),
            Step::Authorize,
            "refused the login (invalid_request).",
        ),
        (
            Answered::Kept {
                error: "redirect_mismatch",
            },
            Step::Authorize,
            "callback address is not registered",
        ),
        (
            Answered::Kept {
                error: "Client does not exist.",
            },
            Step::Authorize,
            "This app client does not exist",
        ),
        (
            Answered::Kept { error: "" },
            Step::Authorize,
            "does not begin a login",
        ),
        (
            Answered::Nothing,
            Step::Callback,
            "neither a code nor an error",
        ),
        (Answered::Elsewhere, Step::Callback, "another provider"),
    ] {
        says(&case(&pool()).of_answer(&answered), step, cause, "");
    }
}

#[test]
fn words_that_came_with_an_answer_are_not_repeated() {
    for odd in [
        "<script>alert(1)</script>",
        "Call +49 555 and pay",
        "",
        &"a".repeat(41),
    ] {
        let settings = pool();
        for answered in [
            Answered::Back {
                error: odd,
                description: "call us",
            },
            Answered::Back {
                error: "access_denied",
                description: odd,
            },
            Answered::Kept { error: odd },
        ] {
            let told = format!("{:?}", case(&settings).of_answer(&answered));
            assert!(
                !told.contains("call us") && (odd.is_empty() || !told.contains(odd)),
                "{told}"
            );
        }
    }
}
