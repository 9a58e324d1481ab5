/* Shows what the push service brings, and opens the page behind it. It keeps nothing and answers no request of the pages. */
self.addEventListener("push", (event) => {
  let said = { title: "心皆安", body: "有一件事项待您处理", link: "/notices", tag: "notice" };
  try {
    said = { ...said, ...event.data.json() };
  } catch {
    // An unreadable letter still says that there is one.
  }
  const { title, body, link, tag } = said;
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { link }, requireInteraction: true }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = new URL(event.notification.data?.link ?? "/notices", self.location.origin);
  // Only pages of this installation are opened, whatever the letter says.
  const url = new URL(path.pathname + path.search, self.location.origin).href;
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then((open) => {
      const here = open.find((one) => "navigate" in one);
      return here ? here.focus().then(() => here.navigate(url)) : self.clients.openWindow(url);
    }),
  );
});
