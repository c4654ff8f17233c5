# Alles, was Kundinnen und Kunden lesen, auf Deutsch. Namen und Variablen sind die von en.ftl; ein Test wacht darüber.

## Der Rahmen jeder Seite

skip = Zum Inhalt springen
navigation = Hauptnavigation
navigation-home = Startseite
navigation-me = Mein Konto
navigation-desk = Verwaltung
navigation-logout = Abmelden
support = Brauchen Sie Hilfe?
support-nowhere = Brauchen Sie Hilfe? Wenden Sie sich an den Helpdesk, der Sie hierher geschickt hat.
problem = Da stimmt etwas nicht
error = Fehler:
date = { $day }. { $month ->
        [1] Januar
        [2] Februar
        [3] März
        [4] April
        [5] Mai
        [6] Juni
        [7] Juli
        [8] August
        [9] September
        [10] Oktober
        [11] November
       *[12] Dezember
    } { $year }, { $time } Uhr (UTC)

## Vor der Anmeldung

welcome-title = Willkommen
welcome-lead = Melden Sie sich an, um zu Ihren Kundenportalen zu gelangen.
welcome-not-set-up = Die Anmeldung ist hier noch nicht eingerichtet.
welcome-come-back = Bitte kommen Sie später wieder oder fragen Sie den Helpdesk.

chooser-title = Wie melden Sie sich an?
chooser-lead = Wählen Sie das Konto, das Sie bei dieser Organisation verwenden.
chooser-not-sure = Nicht sicher, welches?
chooser-email = Ihre E-Mail-Adresse
chooser-email-hint = Am Teil hinter dem @ erkennen wir die richtige Anmeldung.
chooser-unknown-domain = Für diese Adresse gibt es keine Anmeldung. Prüfen Sie die Adresse oder wählen Sie aus der Liste.

## Startseite

home-title = Ihre Portale
home-signed-in-as = Sie sind angemeldet als { $name } ({ $email }).
home-no-portal = Zurzeit gibt es kein Portal, das Sie öffnen können.
home-expected-one = Wenn Sie eines erwartet haben, fragen Sie den Helpdesk oder öffnen Sie den Link, den Sie erhalten haben.
home-not-read = Die Liste der Portale wurde noch nicht gelesen. Versuchen Sie es gleich noch einmal.
home-all-portals = Diese Adresse gehört zu allen Portalen gemeinsam. Wählen Sie das gewünschte Portal.
home-address-title = Haben Sie eine Adresse aus einer E-Mail?
home-address = Adresse im Portal
home-address-hint = Fügen Sie die Adresse hier ein, und wir bringen Sie zu dieser Seite.
home-address-unknown = Das ist keine Adresse eines unserer Portale. Kopieren Sie die Adresse noch einmal vollständig aus der E-Mail.

## Mein Konto

me-title = Mein Konto
me-lead = Das weiß der Helpdesk durch Ihre Anmeldung über Sie.
me-name = Name
me-email = E-Mail-Adresse
me-provider = Angemeldet mit
me-first-name = Vorname
me-last-name = Nachname
me-username = Benutzername
me-groups = Gruppen
me-organizations = Organisationen
me-none = Keine
me-wrong = Stimmt etwas nicht? Die Angaben stammen aus dem Konto, mit dem Sie sich anmelden. Ändern Sie sie dort und melden Sie sich dann erneut an.
me-portals = Portale
me-sessions = Wo Sie angemeldet sind
me-this-browser = Dieser Browser
me-another = Eine andere Anmeldung
me-started = Angemeldet am
me-last-used = Zuletzt genutzt am
me-everywhere-hint = Damit enden alle oben genannten Anmeldungen, auch in diesem Browser, und dieser Browser wird bei { $provider } abgemeldet. Ein Portal, das schon geöffnet ist, kann offen bleiben, bis Sie sich dort abmelden.

## Abmelden

logout-title = Abmelden
logout-question = Möchten Sie sich abmelden?
logout-stay = Angemeldet bleiben

not-signed-in-title = Sie sind nicht angemeldet
not-signed-in-here = Sie sind hier nicht angemeldet
not-signed-in-nothing = Es gibt nichts, wovon Sie sich abmelden könnten.
not-signed-in-lead = Der Dienst, bei dem Sie sich anmelden, erinnert sich vielleicht noch an Sie. Melden Sie sich auch dort ab, wenn Sie ein anderes Konto verwenden möchten oder einen gemeinsam genutzten Computer verlassen.

signed-out-title = Sie sind abgemeldet
signed-out-lead = Ihre Anmeldung hier ist beendet.
signed-out-elsewhere = Anderswo sind Sie vielleicht noch angemeldet
signed-out-not-ours = Diese Anmeldungen können wir nicht beenden:
signed-out-portal = Das Portal des Helpdesks
signed-out-account = Das Konto, mit dem Sie sich angemeldet haben, wenn es zu einem anderen Dienst gehört, etwa zu Google oder zu Ihrer Firma
signed-out-shared = Melden Sie sich an einem gemeinsam genutzten Computer auch dort ab oder schließen Sie alle Fenster des Browsers.

## Auf dem Weg zum Portal

hand-over-to-portal = Wir bringen Sie zum Portal
    .lead = Sie sind angemeldet.
hand-over-signed-in = Sie werden angemeldet
    .lead = Sie sind angemeldet.
hand-over-not-signed-in = Wir bringen Sie zurück
    .lead = Die Website, von der Sie kommen, erfährt, dass Sie für sie nicht angemeldet wurden.
hand-over-by-hand = Wenn in den nächsten Sekunden nichts geschieht, wählen Sie „{ $button }“.

## Schaltflächen. Betreiber können jede selbst benennen: button-sign-in ist texts.de.button_sign_in in den Einstellungen

button-sign-in = Anmelden mit { $provider }
button-continue = Weiter
button-go = Dorthin gehen
button-start-again = Neu beginnen
button-another-account = Anderes Konto verwenden
button-home = Zur Startseite
button-portal = Zum Portal
button-page-again = Zurück zur Seite
button-sign-out = Abmelden
button-sign-out-of = Bei { $provider } abmelden
button-sign-out-everywhere = Überall abmelden
button-sign-in-again = Erneut anmelden

## Absagen: was auf allen gleich ist

refusal-next = Was Sie jetzt tun können
refusal-reference = Referenz:
refusal-set-up = Einrichten
refusal-side-door = Für alle, die diesen Dienst betreiben: ein anderer Zugang
refusal-quote = Geben Sie die Referenz an, wenn Sie sich an den Helpdesk wenden: Damit lässt sich finden, was geschehen ist.
-nothing-changed = Es wurde nichts geändert.
-no-account-made = Sie wurden nicht angemeldet, und es wurde kein Kundenkonto angelegt.
-nothing-created = Es wurde kein Kundenkonto angelegt oder geändert.

## Absagen: eine für jeden Grund. Was geschehen ist, was erhalten blieb oder nicht getan wurde, was zu tun ist

login_expired = Diese Anmeldung ist abgelaufen
    .happened = Die Anmeldung hat zu lange gedauert, wurde schon verwendet oder wurde in einem anderen Browser begonnen.
    .kept = { -nothing-changed }
    .next = Beginnen Sie neu oder öffnen Sie noch einmal den Link, über den Sie gekommen sind. Wenn das jedes Mal geschieht, prüfen Sie, ob Ihr Browser Cookies dieser Website annimmt.

login_invalid = Diese Anmeldung ließ sich nicht bestätigen
    .happened = Die Antwort des Anmeldedienstes hat eine unserer Prüfungen nicht bestanden. Deshalb haben wir ihr nicht vertraut.
    .kept = { -no-account-made }
    .next = Beginnen Sie neu. Wenn es wieder geschieht, wenden Sie sich an den Helpdesk und nennen Sie die Referenz unten.

login_loop = Sie werden immer wieder zur Anmeldung geschickt
    .happened = Sie wurden innerhalb einer Minute mehrmals angemeldet, ohne anzukommen. Wir haben angehalten, damit es nicht endlos so weitergeht.
    .kept = { -nothing-changed }
    .next = Prüfen Sie, ob Ihr Browser Cookies dieser Website annimmt, und beginnen Sie dann neu.

service_provider_unknown = Wir kennen die Website nicht, die Sie geschickt hat
    .happened = Eine Website hat uns gebeten zu bestätigen, wer Sie sind. Sie ist hier aber nicht eingetragen.
    .kept = Es wurde nichts über Sie an diese Website weitergegeben.
    .next = Kehren Sie über den Link, den Sie vom Helpdesk erhalten haben, zum Portal zurück.

saml_request_invalid = Diese Anfrage lässt sich nicht beantworten
    .happened = Das Portal hat uns gebeten zu bestätigen, wer Sie sind. Die Anfrage war aber unvollständig, zu alt oder schon beantwortet.
    .kept = { -nothing-changed }
    .next = Gehen Sie zum Portal und versuchen Sie es von dort. Die Zurück-Taste hilft hier nicht.

bad_request = Das konnten wir nicht verstehen
    .happened = In der Adresse oder im Formular hat etwas gefehlt oder war falsch aufgebaut.
    .kept = { -nothing-changed }
    .next = Prüfen Sie die Adresse oder gehen Sie zur Startseite und versuchen Sie es von dort.

login_required = Bitte melden Sie sich an
    .happened = Diese Seite ist nur für angemeldete Personen.
    .kept = { -nothing-changed }
    .next = Melden Sie sich an und versuchen Sie es dann noch einmal.

login_refused = Die Anmeldung wurde nicht abgeschlossen
    .happened = Der Anmeldedienst hat uns mitgeteilt, dass die Anmeldung abgebrochen wurde oder nicht erlaubt ist.
    .kept = { -no-account-made }
    .next = Wenn Sie versehentlich abgebrochen haben, beginnen Sie neu. Fragen Sie sonst den Helpdesk, ob Ihr Anmeldekonto hier verwendet werden darf.

email_missing = Wir brauchen Ihre E-Mail-Adresse
    .happened = Der Anmeldedienst hat uns keine E-Mail-Adresse gegeben, die wir für Sie verwenden können.
    .kept = { -no-account-made }
    .next = Tragen Sie in Ihrem Anmeldekonto eine E-Mail-Adresse ein und beginnen Sie dann neu. Wenn Sie das nicht können, fragen Sie den Helpdesk.

email_unverified = Bitte bestätigen Sie zuerst Ihre E-Mail-Adresse
    .happened = Die E-Mail-Adresse Ihres Anmeldekontos wurde noch nicht bestätigt. Wir können daher nicht sicher sein, dass es Ihre ist.
    .kept = { -no-account-made }
    .next = Bestätigen Sie die Adresse beim Anmeldedienst; meist hat er Ihnen eine Nachricht mit einem Code oder einem Link geschickt. Beginnen Sie dann neu.

domain_not_allowed = Diese E-Mail-Adresse kann hier nicht verwendet werden
    .happened = Der Teil Ihrer E-Mail-Adresse hinter dem @ gehört nicht zu denen, die hier angenommen werden.
    .kept = { -nothing-created }
    .next = Wenn Sie eine andere Adresse haben, etwa eine dienstliche, verwenden Sie das Konto mit dieser Adresse. Fragen Sie sonst den Helpdesk.

group_required = Dieses Portal ist bestimmten Gruppen vorbehalten
    .happened = Ihr Anmeldekonto gehört zu keiner Gruppe, die dieses Portal betreten darf.
    .kept = { -nothing-created }
    .next = Fragen Sie den Helpdesk, ob Sie zu einer solchen Gruppe gehören sollten. Sobald das so ist, melden Sie sich ab und wieder an.

organization_required = Dieses Portal ist bestimmten Organisationen vorbehalten
    .happened = Sie gehören zu keiner Organisation, die dieses Portal betreten darf.
    .kept = { -nothing-created }
    .next = Fragen Sie den Helpdesk, ob Ihre Organisation Zugang haben sollte.

claim_required = Ihr Anmeldekonto erfüllt die Voraussetzungen nicht
    .happened = Dieses Portal verlangt eine Angabe, die Ihr Anmeldekonto nicht hat.
    .kept = { -nothing-created }
    .next = Fragen Sie den Helpdesk, was fehlt. Sobald es vorhanden ist, melden Sie sich ab und wieder an.

network_not_allowed = Dieses Portal ist von hier aus nicht erreichbar
    .happened = Das Portal ist nur aus bestimmten Netzen geöffnet, etwa aus einem Büronetz.
    .kept = { -nothing-created }
    .next = Versuchen Sie es noch einmal aus dem Netz Ihrer Organisation oder über deren Fernzugang.

outside_hours = Das Portal ist zu dieser Zeit geschlossen
    .happened = Das Portal ist nur zu bestimmten Zeiten geöffnet.
    .kept = { -nothing-created }
    .next = Kommen Sie während der Öffnungszeiten wieder oder fragen Sie den Helpdesk, wann das ist.

blocked = Ihr Zugang wurde gesperrt
    .happened = Dieses Konto wurde von der Verwaltung gesperrt.
    .kept = Anfragen, die Sie zuvor gestellt haben, sind nicht verloren.
    .next = Wenn Sie das für einen Irrtum halten, wenden Sie sich an den Helpdesk.

not_invited = Dieses Portal ist für bestehende Kunden
    .happened = Sie sind angemeldet, aber noch kein Kunde dieses Portals. Neue Kunden werden vom Helpdesk aufgenommen.
    .kept = { -nothing-created }
    .next = Bitten Sie den Helpdesk um eine Einladung und öffnen Sie dann den Link noch einmal.

awaiting_approval = Ihr Zugang wartet auf Freigabe
    .happened = Sie sind angemeldet. Vor Ihrem ersten Besuch sieht sich jemand vom Helpdesk an, wer Sie sind, und lässt Sie ein.
    .kept = Sie müssen nichts weiter tun und nicht noch einmal fragen.
    .next = Kommen Sie später wieder und öffnen Sie denselben Link. Sobald Sie eingelassen sind, führt er Sie geradewegs zum Portal.

not_allowed = Das dürfen Sie nicht
    .happened = Ihr Konto darf dort nicht hin, oder das Gesendete kam nicht von einer unserer Seiten, wie sie jetzt sind.
    .kept = { -nothing-changed }
    .next = Gehen Sie unten weiter und versuchen Sie es noch einmal. Wenn Sie über einen Link des Helpdesks gekommen sind, bitten Sie ihn, Sie als Kunden aufzunehmen.

no_link = Keines der Portale hier steht Ihnen offen
    .happened = Sie sind angemeldet, aber keines der Portale hier steht Ihrem Konto offen.
    .kept = { -nothing-created }
    .next = Wenn Sie ein anderes Konto haben, etwa ein dienstliches, verwenden Sie dieses. Fragen Sie sonst den Helpdesk, ob Sie Zugang haben sollten.

link_unknown = Unter dieser Adresse gibt es kein Portal
    .happened = Der Link ist falsch geschrieben, oder es gibt hier kein solches Portal.
    .kept = { -nothing-changed }
    .next = Prüfen Sie die Adresse oder wählen Sie das Portal auf der Startseite.

not_found = Unter dieser Adresse gibt es keine Seite
    .happened = Die Adresse ist falsch geschrieben, oder die Seite ist umgezogen.
    .kept = { -nothing-changed }
    .next = Prüfen Sie die Adresse oder gehen Sie unten weiter.

atlassian_account = Ihre Adresse gehört zu einem Atlassian-Konto
    .happened = Zu Ihrer E-Mail-Adresse gibt es bereits ein vollwertiges Atlassian-Konto. Es kann mit dieser Anmeldung nicht verwendet werden.
    .kept = Ihr Atlassian-Konto blieb, wie es ist, und es wurde kein zweites Konto angelegt.
    .next = Öffnen Sie das Portal direkt und melden Sie sich dort mit Ihrem Atlassian-Konto an, oder bitten Sie den Helpdesk, das zu klären.

identity_conflict = Diese Adresse ist hier schon bekannt
    .happened = Ein Kunde mit Ihrer E-Mail-Adresse hat sich früher mit einem anderen Anmeldekonto angemeldet, oder die Adresse Ihres Kontos hat sich geändert.
    .kept = Der bestehende Kunde und alle seine Anfragen blieben, wie sie sind.
    .next = Melden Sie sich so an wie früher. Wenn Sie das nicht können, wenden Sie sich an den Helpdesk und nennen Sie die Referenz unten: Er kann Platz für das neue Konto schaffen.

conflict = Jemand anders war schneller
    .happened = Dasselbe wurde von jemand anderem geändert, während Sie daran gearbeitet haben.
    .kept = Die andere Änderung gilt; Ihre wurde nicht gespeichert.
    .next = Gehen Sie zurück, laden Sie die Seite neu und nehmen Sie Ihre Änderung noch einmal vor.

link_off = Dieses Portal ist abgeschaltet
    .happened = Der Link stimmt, aber das Portal dahinter ist geschlossen, oder es existiert nicht mehr.
    .kept = { -nothing-changed }
    .next = Wählen Sie auf der Startseite ein anderes Portal oder fragen Sie den Helpdesk, ob dieses wiederkommt.

too_large = Das war zu viel auf einmal
    .happened = Das Gesendete ist größer, als wir annehmen.
    .kept = { -nothing-changed }
    .next = Versuchen Sie es noch einmal mit weniger.

too_many_requests = Zu viele Versuche
    .happened = Aus Ihrem Netz kamen in kurzer Zeit sehr viele Anmeldungen.
    .kept = { -nothing-changed }
    .next = Warten Sie eine Minute und versuchen Sie es dann noch einmal.

many_newcomers = Gerade sind sehr viele zum ersten Mal hier
    .happened = Sie sind angemeldet, aber in dieser Stunde kamen mehr Menschen zum ersten Mal zu diesem Portal, als eingelassen werden.
    .kept = { -nothing-created }
    .next = Öffnen Sie den Link in einer Stunde noch einmal. Wer schon hier war, kommt wie immer herein.

internal = Bei uns ist etwas schiefgegangen
    .happened = Das ist unser Fehler, nicht Ihrer.
    .kept = Was Sie zuletzt getan haben, wurde vielleicht nicht gespeichert.
    .next = Versuchen Sie es gleich noch einmal. Wenn es wieder geschieht, wenden Sie sich an den Helpdesk und nennen Sie die Referenz unten.

provider_unavailable = Die Anmeldung ist zurzeit nicht möglich
    .happened = Der Anmeldedienst antwortet nicht, wie er sollte.
    .kept = Es wurde nichts geändert. Die Stelle, zu der Sie wollten, ist noch da.
    .next = Versuchen Sie es in einigen Minuten noch einmal. Wenn es so bleibt, wenden Sie sich an den Helpdesk und nennen Sie die Referenz unten.

atlassian_unavailable = Das Portal ist zurzeit nicht erreichbar
    .happened = Das System hinter dem Portal antwortet nicht, wie es sollte.
    .kept = Ihre Anfragen sind nicht betroffen.
    .next = Versuchen Sie es in einigen Minuten noch einmal. Wenn es so bleibt, wenden Sie sich an den Helpdesk und nennen Sie die Referenz unten.

store_unavailable = Wir können Ihre Anmeldung zurzeit nicht nachsehen
    .happened = Ein Teil dieses Dienstes antwortet nicht.
    .kept = Was Sie zuletzt getan haben, wurde vielleicht nicht gespeichert. Ihre Anmeldung gilt voraussichtlich wieder, sobald der Dienst zurück ist.
    .next = Versuchen Sie es in einer Minute noch einmal. Wenn es so bleibt, wenden Sie sich an den Helpdesk und nennen Sie die Referenz unten.

# In place of provider_unavailable and atlassian_unavailable before everything is set up.
not_set_up = Dieser Dienst ist noch nicht bereit
    .happened = Es ist nichts gestört: Er wird noch eingerichtet.
    .kept = { -nothing-changed }
    .next = Kommen Sie später wieder. Wenn man Ihnen gesagt hat, dass er bereit ist, wenden Sie sich an den Helpdesk und nennen Sie die Referenz unten.

# Anstelle von link_off, solange alle Links auf einmal geschlossen sind.
links_closed = Die Portale sind zurzeit geschlossen
    .happened = Der Helpdesk hat vorübergehend alle seine Portale geschlossen.
    .kept = { -nothing-changed }
    .next = Versuchen Sie es später noch einmal. Ihre Anfragen sind nicht betroffen.

# In place of atlassian_unavailable for somebody who stands in the waiting line of first visits.
in_line = Sie sind noch nicht an der Reihe
    .happened = Zurzeit kommen viele Menschen zum ersten Mal hierher, und sie werden der Reihe nach eingelassen.
    .kept = Sie bleiben angemeldet, und nichts geht verloren.
    .next = Lassen Sie diese Seite offen. Es geht von selbst weiter, wenn Sie an der Reihe sind.

## Pages that are asked for again by themselves

ahead-nobody = Sie sind als Nächstes an der Reihe.
ahead-one = Eine Person ist vor Ihnen. Ihr Platz bleibt Ihnen.
ahead-many = { $count } Personen sind vor Ihnen. Ihr Platz bleibt Ihnen.
turn-in-seconds = Sie sind in etwa { $count } Sekunden an der Reihe.
turn-in-minutes = Sie sind in etwa { $count } Minuten an der Reihe.
again-in-seconds = Diese Seite versucht es in { $count } Sekunden von selbst noch einmal.
again-in-minutes = Diese Seite versucht es in { $count } Minuten von selbst noch einmal.
