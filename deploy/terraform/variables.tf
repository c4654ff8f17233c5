variable "user_pool_id" {
  description = "The user pool, such as eu-west-1_AbCdEf123. It needs a domain: without one nobody can log in."
  type        = string
}

variable "public_url" {
  description = "Where customers open the front door, as its setting public_url says, without a slash at the end."
  type        = string

  validation {
    condition     = can(regex("^https://[^/]+$", var.public_url))
    error_message = "public_url must begin with https:// and end with the host."
  }
}

variable "provider_name" {
  description = "The name of the provider's table in the settings: [default.provider.<name>]."
  type        = string
  default     = "cognito"
}

variable "name" {
  description = "What the app client is called in the AWS console."
  type        = string
  default     = "front-door"
}

variable "identity_providers" {
  description = "Who people may log in with: COGNITO for users of the pool, and the names of identity providers behind it."
  type        = list(string)
  default     = ["COGNITO"]
}

variable "more_read_attributes" {
  description = "Attributes beyond name and address that rules or customer details use, such as custom:company."
  type        = list(string)
  default     = []
}

variable "more_write_attributes" {
  description = "Attributes beyond name and address that an identity provider behind the pool is mapped to. People may change them: none that decides access."
  type        = list(string)
  default     = []
}
