output "client_id" {
  description = "provider.<name>.client_id"
  value       = aws_cognito_user_pool_client.front_door.id
}

output "client_secret" {
  description = "provider.<name>.client_secret, which is in Terraform's state as well: keep that where secrets are kept."
  value       = aws_cognito_user_pool_client.front_door.client_secret
  sensitive   = true
}

output "callback_url" {
  description = "What is registered for the way back from a login."
  value       = one(aws_cognito_user_pool_client.front_door.callback_urls)
}
