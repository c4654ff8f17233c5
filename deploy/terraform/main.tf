# The app client of the front door in a Cognito user pool that is there already, as the README asks for it.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

resource "aws_cognito_user_pool_client" "front_door" {
  name            = var.name
  user_pool_id    = var.user_pool_id
  generate_secret = true

  # The code flow and nothing else: no token is ever part of an address.
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = ["openid", "email", "profile"]
  callback_urls                        = ["${var.public_url}/login/callback/${var.provider_name}"]
  logout_urls                          = ["${var.public_url}/signed-out"]
  supported_identity_providers         = var.identity_providers

  # Live sessions are asked about again by refresh token; passwords are typed at Cognito's own pages alone.
  explicit_auth_flows           = ["ALLOW_REFRESH_TOKEN_AUTH"]
  enable_token_revocation       = true
  prevent_user_existence_errors = "ENABLED"

  # A session of the front door ends after 12 hours at the latest (session.absolute).
  refresh_token_validity = 12
  access_token_validity  = 60
  id_token_validity      = 60
  token_validity_units {
    refresh_token = "hours"
    access_token  = "minutes"
    id_token      = "minutes"
  }

  # People may change what may be written here themselves: no attribute by which a rule lets somebody in belongs into write_attributes. But when somebody
  # logs in by an identity provider behind the pool, Cognito writes each attribute that is mapped there, and fails where it may not: more_write_attributes.
  read_attributes  = concat(["email", "email_verified", "given_name", "family_name"], var.more_read_attributes)
  write_attributes = concat(["email", "given_name", "family_name"], var.more_write_attributes)
}
