/*
 * Answers by keys, while somebody is on the telephone: a number answers a question and goes on to the next. Only while the
 * focus is among the answers, so that no key does anything elsewhere.
 */
const VALUES = { t: '10', p: 'rather-not' };

for (const answers of document.querySelectorAll('[data-answer-keys]')) {
  const questions = [...answers.querySelectorAll('fieldset')];
  const goTo = (question) =>
    (question
      ? (question.querySelector(':checked') ?? question.querySelector('input'))
      : answers.closest('form').querySelector('button')
    ).focus();

  answers.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = questions.findIndex((question) => question.contains(event.target));
    if (event.key === 'Backspace' && at > 0) {
      event.preventDefault();
      goTo(questions[at - 1]);
    }
    const value = VALUES[event.key.toLowerCase()] ?? event.key;
    const answer = [...(questions[at]?.querySelectorAll('input') ?? [])].find((one) => one.value === value);
    if (!answer) return;
    event.preventDefault();
    answer.checked = true;
    goTo(questions[at + 1]);
  });
}
