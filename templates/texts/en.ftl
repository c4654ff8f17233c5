# Everything that customers read, in English. The other languages have the same names with the same variables; a test holds them together.
# The format is Fluent's (projectfluent.org). Templates and code name a text by its name here, and a part of one with a dot: `login_expired.next`.

## The frame of every page

skip = Skip to the content
navigation = Main
navigation-home = Home
navigation-me = My account
navigation-desk = Admin desk
navigation-logout = Sign out
support = Do you need help?
support-nowhere = Do you need help? Ask the help desk that sent you here.
problem = There is a problem
error = Error:
date = { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }, { $time } UTC

## Before somebody is signed in

welcome-title = Welcome
welcome-lead = Sign in to reach your customer portals.
welcome-not-set-up = Signing in is not set up here yet.
welcome-come-back = Please come back later, or ask the help desk.

chooser-title = How do you sign in?
chooser-lead = Choose the account that you use with this organisation.
chooser-not-sure = Not sure which one?
chooser-email = Your e-mail address
chooser-email-hint = We look at the part after the @ to find the right sign-in.
chooser-unknown-domain = There is no sign-in for this address. Check it, or choose from the list.

## Home

home-title = Your portals
home-signed-in-as = You are signed in as { $name } ({ $email }).
home-no-portal = There is no portal that you can open at the moment.
home-expected-one = If you expected one, ask the help desk, or open the link that you were given.
home-not-read = The list of portals has not been read yet. Try again in a moment.
home-all-portals = That address belongs to all portals together. Choose the portal you want.
home-address-title = Do you have an address from an e-mail?
home-address = Portal address
home-address-hint = Paste it here, and we take you to that page.
home-address-unknown = This is not the address of one of our portals. Copy it from the mail once more, whole.

## My account

me-title = My account
me-lead = This is what the help desk knows about you from your sign-in.
me-name = Name
me-email = E-mail address
me-provider = Signed in with
me-first-name = First name
me-last-name = Last name
me-username = User name
me-groups = Groups
me-organizations = Organisations
me-none = None
me-wrong = Something is wrong? It comes from the account you sign in with; change it there, then sign in again.
me-portals = Portals
me-sessions = Where you are signed in
me-this-browser = This browser
me-another = Another sign-in
me-started = Signed in on
me-last-used = Last used on
me-everywhere-hint = This ends all of the above, this browser included, and signs this browser out of { $provider }. A portal that is already open may stay open until you log out there.

## Signing out

logout-title = Sign out
logout-question = Do you want to sign out?
logout-stay = Stay signed in

not-signed-in-title = You are not signed in
not-signed-in-here = You are not signed in here
not-signed-in-nothing = There is nothing to sign out of.
not-signed-in-lead = The service you sign in with may still remember you. To use another account, or to leave a shared computer, sign out there too.

signed-out-title = You are signed out
signed-out-lead = Your sign-in here has ended.
signed-out-elsewhere = You may still be signed in elsewhere
signed-out-not-ours = These are not ours to end:
signed-out-portal = The help desk's portal
signed-out-account = The account you used to sign in, if it belongs to another service such as Google or your company
signed-out-shared = On a shared computer, log out there too, or close all windows of the browser.

## On the way to the portal

hand-over-to-portal = Taking you to the portal
    .lead = You are signed in.
hand-over-signed-in = Signing you in
    .lead = You are signed in.
hand-over-not-signed-in = Taking you back
    .lead = The site that you came from is told that you were not signed in for it.
hand-over-by-hand = If nothing happens within a few seconds, choose { $button }.

## Buttons. Operators can name each of their own: button-sign-in is texts.en.button_sign_in of the settings

button-sign-in = Sign in with { $provider }
button-continue = Continue
button-go = Go there
button-start-again = Start again
button-another-account = Use another account
button-home = Go to the start page
button-portal = Go to the portal
button-page-again = Go to the page again
button-sign-out = Sign out
button-sign-out-of = Sign out of { $provider }
button-sign-out-everywhere = Sign out everywhere
button-sign-in-again = Sign in again

## Refusals: what is the same on all of them

refusal-next = What to do next
refusal-reference = Reference:
refusal-set-up = Set it up
refusal-side-door = For those who run this service: another way in
refusal-quote = Quote it when you contact the help desk: with it they find what happened.
-nothing-changed = Nothing was changed.
-no-account-made = You were not signed in, and no customer account was created.
-nothing-created = No customer account was created or changed.

## Refusals: one for each reason. What happened, what was kept or not done, what to do next

login_expired = This sign-in has expired
    .happened = The sign-in took too long, was already used, or was started in another browser.
    .kept = { -nothing-changed }
    .next = Start again, or open the link once more that you came by. If it happens every time, make sure that your browser accepts cookies from this site.

login_invalid = This sign-in could not be confirmed
    .happened = The answer from the sign-in service failed one of our checks, so we did not trust it.
    .kept = { -no-account-made }
    .next = Start again. If it happens again, tell the help desk and quote the reference below.

login_loop = You keep being sent back to sign in
    .happened = You were signed in several times within a minute without arriving. We stopped, so that it does not go on for ever.
    .kept = { -nothing-changed }
    .next = Make sure that your browser accepts cookies from this site, then start again.

service_provider_unknown = We do not know the site that sent you
    .happened = A site asked us to confirm who you are, but it is not registered here.
    .kept = Nothing about you was passed on to that site.
    .next = Go back to the portal by the link that your help desk gave you.

saml_request_invalid = This request cannot be answered
    .happened = The portal asked us to confirm who you are, but the request was incomplete, too old, or already answered.
    .kept = { -nothing-changed }
    .next = Go to the portal and try from there. The back button will not help here.

bad_request = We could not understand that
    .happened = Something in the address or in the form was missing or malformed.
    .kept = { -nothing-changed }
    .next = Check the address, or go to the start page and try from there.

login_required = Please sign in
    .happened = This page is for people who are signed in.
    .kept = { -nothing-changed }
    .next = Sign in, then try again.

login_refused = The sign-in was not completed
    .happened = The sign-in service told us that the sign-in was cancelled or not allowed.
    .kept = { -no-account-made }
    .next = If you cancelled it by accident, start again. Otherwise ask the help desk whether your sign-in account may be used here.

email_missing = We need your e-mail address
    .happened = The sign-in service did not give us an e-mail address that we can use for you.
    .kept = { -no-account-made }
    .next = Add an e-mail address to your sign-in account, then start again. If you cannot, ask the help desk.

email_unverified = Please confirm your e-mail address first
    .happened = Your sign-in account has an e-mail address that has not been confirmed yet, so we cannot be sure that it is yours.
    .kept = { -no-account-made }
    .next = Confirm the address with the sign-in service; it has usually sent you a message with a code or a link. Then start again.

domain_not_allowed = This e-mail address cannot be used here
    .happened = The part of your e-mail address after the @ is not one that is accepted here.
    .kept = { -nothing-created }
    .next = If you have another address, for example your work address, use the account that has it. Otherwise ask the help desk.

group_required = This portal is for certain groups only
    .happened = Your sign-in account does not belong to a group that may enter this portal.
    .kept = { -nothing-created }
    .next = Ask the help desk whether you should belong to one. Once you do, sign out and sign in again.

organization_required = This portal is for certain organisations only
    .happened = You do not belong to an organisation that may enter this portal.
    .kept = { -nothing-created }
    .next = Ask the help desk whether your organisation should have access.

claim_required = Your sign-in account does not qualify
    .happened = This portal asks for something that your sign-in account does not have.
    .kept = { -nothing-created }
    .next = Ask the help desk what is missing. Once it is there, sign out and sign in again.

network_not_allowed = This portal cannot be reached from here
    .happened = The portal is open from certain networks only, such as an office network.
    .kept = { -nothing-created }
    .next = Try again from your organisation's network or through its remote access.

outside_hours = The portal is closed at this time
    .happened = The portal is open at certain hours only.
    .kept = { -nothing-created }
    .next = Come back during opening hours, or ask the help desk when they are.

blocked = Your access has been blocked
    .happened = An administrator has blocked this account.
    .kept = Requests that you made before are not lost.
    .next = If you think that this is a mistake, contact the help desk.

not_invited = This portal is for existing customers
    .happened = You are signed in, but you are not yet a customer of this portal, and new customers are added by the help desk.
    .kept = { -nothing-created }
    .next = Ask the help desk to invite you, then open the link again.

awaiting_approval = Your access is waiting for approval
    .happened = You are signed in. Before your first visit, somebody at the help desk looks at who you are and lets you in.
    .kept = You need not do anything more, and you need not ask again.
    .next = Come back later and open the same link. Once you are let in, it leads you straight to the portal.

not_allowed = You may not do this
    .happened = Your account may not go there, or what was sent did not come from one of our pages as they are now.
    .kept = { -nothing-changed }
    .next = Go on below and try once more. If you came by a link of the help desk, ask them to add you as a customer.

no_link = No portal here is open to you
    .happened = You are signed in, but none of the portals here is open to your account.
    .kept = { -nothing-created }
    .next = If you have another account, for example one of your work, use that. Otherwise ask the help desk whether you should have access.

link_unknown = There is no portal at this address
    .happened = The link is misspelled, or there is no such portal here.
    .kept = { -nothing-changed }
    .next = Check the address, or choose the portal from the start page.

not_found = There is no page at this address
    .happened = The address is misspelled, or the page has moved.
    .kept = { -nothing-changed }
    .next = Check the address, or go on below.

atlassian_account = Your address belongs to an Atlassian account
    .happened = There is already a full Atlassian account with your e-mail address. It cannot be used through this sign-in.
    .kept = Your Atlassian account was left as it is, and no second account was created.
    .next = Open the portal directly and log in with your Atlassian account, or ask the help desk to sort it out.

identity_conflict = This address is already known here
    .happened = A customer with your e-mail address has signed in with another sign-in account before, or the address of your account has changed.
    .kept = The existing customer and all its requests were left as they are.
    .next = Sign in the way you did before. If you cannot, tell the help desk and quote the reference below: they can make room for the new one.

conflict = Somebody else was quicker
    .happened = The same thing was changed by somebody else while you were working on it.
    .kept = Their change was kept; yours was not saved.
    .next = Go back, reload the page, and make your change again.

link_off = This portal is switched off
    .happened = The link is right, but the portal behind it is closed, or it is gone.
    .kept = { -nothing-changed }
    .next = Choose another portal from the start page, or ask the help desk whether this one comes back.

too_large = That was too much at once
    .happened = What was sent is larger than we accept.
    .kept = { -nothing-changed }
    .next = Try again with less.

too_many_requests = Too many attempts
    .happened = There were very many sign-ins from your network within a short time.
    .kept = { -nothing-changed }
    .next = Wait a minute, then try again.

many_newcomers = Very many people are new here just now
    .happened = You are signed in, but more people came to this portal for the first time than are let in within an hour.
    .kept = { -nothing-created }
    .next = Open the link again in an hour. Who was here before comes in as always.

internal = Something went wrong on our side
    .happened = This is our mistake, not yours.
    .kept = What you did last may not have been saved.
    .next = Try again in a moment. If it happens again, tell the help desk and quote the reference below.

provider_unavailable = Signing in is not possible at the moment
    .happened = The sign-in service does not answer as it should.
    .kept = Nothing was changed. The place you wanted to go to is still there.
    .next = Try again in a few minutes. If it goes on, tell the help desk and quote the reference below.

atlassian_unavailable = The portal cannot be reached at the moment
    .happened = The system behind the portal does not answer as it should.
    .kept = Your requests are not affected.
    .next = Try again in a few minutes. If it goes on, tell the help desk and quote the reference below.

store_unavailable = We cannot look up your sign-in at the moment
    .happened = A part of this service does not answer.
    .kept = What you did last may not have been saved. Your sign-in is likely to work again when the service is back.
    .next = Try again in a minute. If it goes on, tell the help desk and quote the reference below.

# In place of provider_unavailable and atlassian_unavailable before everything is set up.
not_set_up = This service is not ready yet
    .happened = Nothing is broken: it is still being set up.
    .kept = { -nothing-changed }
    .next = Come back later. If you were told that it is ready, tell the help desk and quote the reference below.

# In place of link_off while every link is closed at once.
links_closed = The portals are closed at the moment
    .happened = The help desk has closed all its portals for now.
    .kept = { -nothing-changed }
    .next = Try again later. Your requests are not affected.

# In place of atlassian_unavailable for somebody who stands in the waiting line of first visits.
in_line = It is not your turn yet
    .happened = Many people come here for the first time at the moment, and they are let in one after another.
    .kept = You stay signed in, and nothing is lost.
    .next = Keep this page open. It goes on by itself when it is your turn.

## Pages that are asked for again by themselves

ahead-nobody = You are the next.
ahead-one = One person is before you. Your place is kept.
ahead-many = { $count } people are before you. Your place is kept.
turn-in-seconds = It is your turn in about { $count } seconds.
turn-in-minutes = It is your turn in about { $count } minutes.
again-in-seconds = This page tries again by itself in { $count } seconds.
again-in-minutes = This page tries again by itself in { $count } minutes.
